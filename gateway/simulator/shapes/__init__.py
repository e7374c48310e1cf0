"""What a body must look like, as tables: the parts in `shape`, the vendor's messages in the files beside it."""
