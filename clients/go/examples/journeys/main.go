// Command journeys sees to the webhook, asks which channel reaches somebody, and asks that person a question: one call
// each.
//
//	journeys https://gateway.example.com/webhooks/default +46700000001
//
// The first argument is the gateway's webhook door as the API reaches it. The gateway is the one at
// CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	gateway "github.com/conversation-gateway/conversation-gateway/clients/go"
	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, target, number string) error {
	client, err := gateway.Connect()
	if err != nil {
		return err
	}
	defer client.Close()
	if err := ensureWebhook(ctx, client, target); err != nil {
		return err
	}
	if err := awaitCapability(ctx, client, to(number)); err != nil {
		return err
	}
	return ask(ctx, client, to(number))
}

// ensureWebhook has the API post to the gateway, and an event of the gateway's own prove it.
func ensureWebhook(ctx context.Context, client *gateway.Client, target string) error {
	ensured, err := client.Webhooks.EnsureWebhooks(ctx, &pb.EnsureWebhooksRequest{
		Webhooks: []*pb.DesiredWebhook{{Target: target}}, Prove: true,
	})
	for _, webhook := range ensured.GetWebhooks() {
		fmt.Println(webhook.Change, webhook.Proof)
	}
	return err
}

// awaitCapability says whether the channel reaches the number: the answer to the lookup, or a remembered one.
func awaitCapability(ctx context.Context, client *gateway.Client, recipient *pb.Recipient) error {
	found, err := client.Capabilities.AwaitCapability(ctx, &pb.AwaitCapabilityRequest{Recipient: recipient})
	for _, capability := range found.GetCapabilities() {
		fmt.Println(capability.Channel, capability.CapabilityStatus)
	}
	return err
}

// ask is a question, and the choice that was made within five minutes.
func ask(ctx context.Context, client *gateway.Client, recipient *pb.Recipient) error {
	// People take longer than the 30 seconds that a call gets by itself.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	question := &pb.ChoiceMessage{
		TextMessage: &pb.TextMessage{Text: proto.String("Tea or coffee?")},
		Choices:     []*pb.Choice{choice("Tea", "tea"), choice("Coffee", "coffee")},
	}
	reply, err := client.Messages.AskAndAwaitReply(ctx, &pb.AskAndAwaitReplyRequest{Send: &pb.SendMessageRequest{
		Recipient: recipient,
		Message:   &pb.AppMessage{Body: &pb.AppMessage_ChoiceMessage{ChoiceMessage: question}},
	}})
	if err != nil {
		return err
	}
	fmt.Println(cmp.Or(reply.PostbackData, reply.Text))
	return nil
}

func choice(text, postback string) *pb.Choice {
	words := &pb.Choice_TextMessage{TextMessage: &pb.TextMessage{Text: &text}}
	return &pb.Choice{Choice: words, PostbackData: &postback}
}

func to(number string) *pb.Recipient {
	return &pb.Recipient{Recipient: &pb.Recipient_IdentifiedBy{IdentifiedBy: &pb.ChannelIdentities{
		ChannelIdentities: []*pb.ChannelRecipientIdentity{{Channel: proto.String("WHATSAPP"), Identity: &number}},
	}}}
}
