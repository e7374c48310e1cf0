"""What happens after the answer: the way of a message, and the callbacks that tell about it."""
