// Command send_and_follow sends one message and follows what becomes of it until it was read.
//
//	send_and_follow +46700000001
//
// The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`). When it is away for
// five seconds the program gives up.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	gateway "github.com/conversation-gateway/conversation-gateway/clients/go"
	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
	"github.com/conversation-gateway/conversation-gateway/clients/go/vocabulary"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, number string) error {
	client, err := gateway.Connect()
	if err != nil {
		return err
	}
	defer client.Close()
	// Taken before the send, so that no receipt can come too early.
	feed, err := client.Feed.GetFeed(ctx, &pb.GetFeedRequest{})
	if err != nil {
		return err
	}
	sent, err := client.Messages.SendMessage(ctx, request(number))
	if err != nil {
		return err
	}
	events := client.Events(&pb.SubscribeRequest{
		Start: &pb.SubscribeRequest_AfterCursor{AfterCursor: feed.NewestCursor},
		Filter: &pb.EventFilter{
			Triggers:   []string{vocabulary.WebhookTrigger_MESSAGE_DELIVERY},
			MessageIds: []string{sent.GetMessageId()},
		},
	})
	events.GiveUpAfter = 5 * time.Second
	for event, err := range events.All(ctx) {
		if err != nil {
			return err
		}
		status := event.GetMessageDeliveryReport().GetStatus()
		fmt.Println(status)
		if status == vocabulary.DeliveryStatus_READ || status == vocabulary.DeliveryStatus_FAILED {
			break
		}
	}
	return nil
}

func request(number string) *pb.SendMessageRequest {
	id := rand.Text()
	identity := &pb.ChannelRecipientIdentity{Channel: proto.String(vocabulary.ConversationChannel_WHATSAPP), Identity: &number}
	return &pb.SendMessageRequest{
		Recipient: &pb.Recipient{Recipient: &pb.Recipient_IdentifiedBy{IdentifiedBy: &pb.ChannelIdentities{
			ChannelIdentities: []*pb.ChannelRecipientIdentity{identity},
		}}},
		Message: &pb.AppMessage{Body: &pb.AppMessage_TextMessage{TextMessage: &pb.TextMessage{Text: proto.String("Hello")}}},
		Options: &pb.CallOptions{RequestId: &id},
	}
}
