// Command send_and_track sends one message and prints what becomes of it, until it was read or has failed.
//
//	send_and_track +46700000001
//
// The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
package main

import (
	"context"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"

	gateway "github.com/conversation-gateway/conversation-gateway/clients/go"
	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
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
	request := &pb.SendAndTrackRequest{Send: &pb.SendMessageRequest{
		Recipient: &pb.Recipient{Recipient: &pb.Recipient_IdentifiedBy{IdentifiedBy: &pb.ChannelIdentities{
			ChannelIdentities: []*pb.ChannelRecipientIdentity{{Channel: proto.String("WHATSAPP"), Identity: &number}},
		}}},
		Message: &pb.AppMessage{Body: &pb.AppMessage_TextMessage{TextMessage: &pb.TextMessage{Text: proto.String("Hello")}}},
	}}
	for answer, err := range gateway.Answers(ctx, client.Messages.SendAndTrack, request) {
		if err != nil {
			return err
		}
		if state := answer.GetState(); state != nil {
			fmt.Println(state.GetStatus())
		}
	}
	return nil
}
