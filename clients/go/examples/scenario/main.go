// Command scenario does what every client must be able to do, step by step; clients/scenario.md explains it.
//
//	scenario clients/scenario.json
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"

	gateway "github.com/conversation-gateway/conversation-gateway/clients/go"
	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
	"github.com/conversation-gateway/conversation-gateway/clients/go/vocabulary"
)

type scenario struct {
	Recipient             string
	RecipientOverTheLimit string `json:"recipient_over_the_limit"`
	Channel               string
	Receipts              []string
	TranscodeTo           []string `json:"transcode_to"`
	Messages              []json.RawMessage

	client *gateway.Client
	next   func() (*pb.FeedEvent, error, bool)
	seen   []*pb.FeedEvent
}

type receipt struct{ messageID, status string }

var deliveries = &pb.EventFilter{Triggers: []string{vocabulary.WebhookTrigger_MESSAGE_DELIVERY}}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var s scenario
	must(json.Unmarshal(value(os.ReadFile(os.Args[1])), &s))
	s.client = value(gateway.Connect())
	defer s.client.Close()
	s.play(ctx)
}

func (s *scenario) play(ctx context.Context) {
	serving := value(s.client.IsServing(ctx))
	fmt.Println("health:", map[bool]string{true: "SERVING", false: "NOT_SERVING"}[serving])
	start := value(s.client.Feed.GetFeed(ctx, &pb.GetFeedRequest{})).NewestCursor
	names, ids := s.sendAll(ctx)
	s.refused(ctx)
	s.limited(ctx)
	s.replayed(ctx)
	transcode := &pb.TranscodeMessageRequest{AppMessage: s.request(2).Message, Channels: s.TranscodeTo}
	transcoded := value(s.client.Messages.TranscodeMessage(ctx, transcode)).TranscodedMessage
	fmt.Println("transcoded:", strings.Join(slices.Sorted(maps.Keys(transcoded)), " "))

	after := &pb.SubscribeRequest_AfterCursor{AfterCursor: start}
	events := s.client.Events(&pb.SubscribeRequest{Start: after, Filter: deliveries})
	var stop func()
	s.next, stop = iter.Pull2(events.All(ctx))
	defer stop()
	s.await(ids)
	for _, name := range names {
		fmt.Println("receipts:", name, strings.Join(s.Receipts, " "))
	}
	s.resumed(ctx)
	page := value(s.client.Feed.ListFeedEvents(ctx, &pb.ListFeedEventsRequest{
		Start: &pb.ListFeedEventsRequest_AfterCursor{AfterCursor: start}, Filter: deliveries, PageSize: 1000,
	}))
	same := slices.EqualFunc(s.seen, page.Events[:len(s.seen)], func(a, b *pb.FeedEvent) bool { return a.EventId == b.EventId })
	fmt.Println("resumed:", verdict(same, "without loss or repeat"))
	s.committedAndCancelled(ctx)
}

// sendAll sends one message of each type.
func (s *scenario) sendAll(ctx context.Context) (names, ids []string) {
	for number, message := range s.Messages {
		ids = append(ids, value(s.client.Messages.SendMessage(ctx, s.request(number))).GetMessageId())
		names = append(names, string(bytes.SplitN(message, []byte(`"`), 3)[1]))
	}
	for _, name := range names {
		fmt.Println("sent:", name)
	}
	return names, ids
}

// request sends the message of this number.
func (s *scenario) request(number int) *pb.SendMessageRequest {
	message := &pb.AppMessage{}
	must(protojson.Unmarshal(s.Messages[number], message))
	identity := &pb.ChannelRecipientIdentity{Channel: &s.Channel, Identity: &s.Recipient}
	return &pb.SendMessageRequest{
		Message: message,
		Recipient: &pb.Recipient{Recipient: &pb.Recipient_IdentifiedBy{IdentifiedBy: &pb.ChannelIdentities{
			ChannelIdentities: []*pb.ChannelRecipientIdentity{identity},
		}}},
	}
}

// refused is a send of nothing to nobody.
func (s *scenario) refused(ctx context.Context) {
	_, err := s.client.Messages.SendMessage(ctx, &pb.SendMessageRequest{})
	failure := failed(err, gateway.InvalidRequest)
	fmt.Println("refused:", spelt(failure), failure.Reason)
	fields := []string{}
	for _, violation := range failure.Violations {
		fields = append(fields, violation.Field)
	}
	for _, field := range slices.Sorted(slices.Values(fields)) {
		fmt.Println("violation:", field)
	}
}

// limited is a send that the API refuses as one too many, by a caller who does not want to wait.
func (s *scenario) limited(ctx context.Context) {
	request := s.request(0)
	request.Recipient.GetIdentifiedBy().ChannelIdentities[0].Identity = &s.RecipientOverTheLimit
	request.Options = &pb.CallOptions{MaxQueueWait: durationpb.New(100 * time.Millisecond)}
	_, err := s.client.Messages.SendMessage(ctx, request)
	failure := failed(err, gateway.LimitReached)
	hinted := failure.RetryAfter != nil && *failure.RetryAfter > 0
	fmt.Println("limited:", spelt(failure), failure.Reason, verdict(hinted, "with a retry hint"))
}

// replayed is the same request id twice: one message.
func (s *scenario) replayed(ctx context.Context) {
	request, id := s.request(0), rand.Text()
	request.Options = &pb.CallOptions{RequestId: &id}
	first := value(s.client.Messages.SendMessage(ctx, request)).GetMessageId()
	var trailer metadata.MD
	second := value(s.client.Messages.SendMessage(ctx, request, grpc.Trailer(&trailer))).GetMessageId()
	marked := slices.Equal(trailer.Get("x-gateway-replayed"), []string{"true"})
	fmt.Println("replayed:", verdict(marked && first == second, "the same message"))
}

// await waits for every receipt of these messages.
func (s *scenario) await(ids []string) {
	missing := map[receipt]bool{}
	for _, id := range ids {
		for _, status := range s.Receipts {
			missing[receipt{id, status}] = true
		}
	}
	for len(missing) > 0 {
		event, err, _ := s.next()
		must(err)
		s.seen = append(s.seen, event)
		report := event.GetMessageDeliveryReport()
		delete(missing, receipt{report.GetMessageId(), report.GetStatus()})
	}
}

// resumed loses the connection, sends, and waits for the receipts on the same stream.
func (s *scenario) resumed(ctx context.Context) {
	fmt.Println("disconnect")
	// Whoever runs this may break the connection now, and say so with a line.
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	request, id := s.request(0), rand.Text()
	request.Options = &pb.CallOptions{RequestId: &id}
	sent, err := s.client.Messages.SendMessage(ctx, request)
	for errors.Is(err, gateway.Unavailable) {
		// Its request id makes it safe to repeat a send while the gateway is away.
		time.Sleep(200 * time.Millisecond)
		sent, err = s.client.Messages.SendMessage(ctx, request)
	}
	must(err)
	s.await([]string{sent.GetMessageId()})
}

// committedAndCancelled goes on where a subscription was committed, and leaves.
func (s *scenario) committedAndCancelled(ctx context.Context) {
	name := "scenario-" + rand.Text()
	must(s.client.Commit(ctx, name, s.seen[2].Cursor))
	start := &pb.SubscribeRequest_Subscription{Subscription: name}
	for event, err := range s.client.Events(&pb.SubscribeRequest{Start: start, Filter: deliveries}).All(ctx) {
		must(err)
		fmt.Println("committed:", verdict(event.EventId == s.seen[3].EventId, "goes on with the next event"))
		break
	}
	for s.isActive(ctx, name) {
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Println("cancelled: the gateway knows")
}

// isActive says whether the gateway believes that somebody listens.
func (s *scenario) isActive(ctx context.Context, name string) bool {
	feed := value(s.client.Feed.GetFeed(ctx, &pb.GetFeedRequest{}))
	return slices.ContainsFunc(feed.Subscriptions, func(known *pb.SubscriptionStatus) bool {
		return known.Subscription == name && known.Active
	})
}

// failed is what a call must fail with.
func failed(err error, kind gateway.Kind) *gateway.Error {
	var failure *gateway.Error
	if !errors.As(err, &failure) || failure.Kind != kind {
		must(fmt.Errorf("not %w but %w", kind, err))
	}
	return failure
}

// spelt is the code as the contract spells it; Go has a spelling of its own.
func spelt(failure *gateway.Error) string {
	return map[gateway.Kind]string{
		gateway.InvalidRequest: "INVALID_ARGUMENT", gateway.LimitReached: "RESOURCE_EXHAUSTED",
	}[failure.Kind]
}

func verdict(holds bool, what string) string {
	if holds {
		return what
	}
	return "NOT " + what
}

func value[T any](result T, err error) T {
	must(err)
	return result
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
