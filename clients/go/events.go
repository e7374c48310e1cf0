package conversationgateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
)

const (
	defaultHeartbeat = 10 * time.Second
	// The contract's advice: a stream that is silent for three granted heartbeat intervals is broken.
	silentIntervals = 3
	firstBackoff    = 200 * time.Millisecond
	maxBackoff      = 10 * time.Second
	// What a server asks for is honoured up to here; beyond, it is more likely a mistake than a wish.
	maxAsked = time.Minute
)

var errSilent = errors.New("silent")

// EventStream is the events of one request, over as many connections as it takes. For one goroutine at a time.
//
// It is a cursor: what was handed out, or proven not to concern the caller, is behind it, and a connection that breaks,
// falls silent for three heartbeat intervals, or is sent away by a gateway that shuts down is replaced by one that
// starts after it, with back-off and jitter. A stream of a named subscription starts after what was committed.
type EventStream struct {
	// GiveUpAfter is how long to try while the gateway does not open the stream; zero is for ever.
	GiveUpAfter time.Duration
	// Notice, if set, is given every answer that holds no events.
	Notice func(*pb.SubscribeResponse)

	feed        pb.EventFeedServiceClient
	request     *pb.SubscribeRequest
	cursor      []byte
	opened      *pb.Opened
	draining    *pb.Draining
	bound       time.Duration
	tryingSince time.Time
}

// Events prepares a stream; iterating opens it.
func (c *Client) Events(request *pb.SubscribeRequest) *EventStream {
	request = proto.Clone(request).(*pb.SubscribeRequest)
	return &EventStream{feed: c.Feed, request: request, cursor: request.GetAfterCursor(), bound: firstBackoff}
}

// Cursor is where to go on: everything up to it was handed out or did not pass the filter.
func (s *EventStream) Cursor() []byte { return s.cursor }

// All gives the events, until the context is done, the loop is left, the request's stop is reached, or an error comes
// that trying again cannot mend; that is given last. Ranging again goes on after the cursor.
func (s *EventStream) All(ctx context.Context) iter.Seq2[*pb.FeedEvent, error] {
	return func(yield func(*pb.FeedEvent, error) bool) {
		s.tryingSince = time.Now()
		for {
			over, err := s.connection(ctx, yield)
			if over {
				return
			}
			wait, err := s.wait(err)
			if err == nil {
				select {
				case <-ctx.Done():
				case <-time.After(wait):
				}
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Commit records durably that everything up to this event is dealt with. FENCED means that another consumer has taken
// the subscription over.
func (s *EventStream) Commit(ctx context.Context, event *pb.FeedEvent) error {
	_, err := s.feed.Commit(ctx, &pb.CommitRequest{
		ProjectId:    s.request.ProjectId,
		Subscription: s.request.GetSubscription(),
		Cursor:       event.Cursor,
		FencingEpoch: s.opened.GetFencingEpoch(),
	})
	return err
}

// connection follows one call to its end; over means that no other has to follow.
func (s *EventStream) connection(ctx context.Context, yield func(*pb.FeedEvent, error) bool) (over bool, err error) {
	if len(s.cursor) > 0 && s.request.GetSubscription() == "" {
		s.request.Start = &pb.SubscribeRequest_AfterCursor{AfterCursor: s.cursor}
	}
	s.draining = nil
	patience := s.patience()
	call, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(patience, func() { cancel(errSilent) })
	defer silence.Stop()
	stream, err := s.feed.Subscribe(call, s.request)
	for err == nil {
		var answer *pb.SubscribeResponse
		if answer, err = stream.Recv(); err != nil {
			break
		}
		// Nobody waits while the caller is busy.
		silence.Stop()
		if granted := answer.GetOpened().GetHeartbeatInterval().AsDuration(); granted > 0 {
			patience = silentIntervals * granted
		}
		s.follow(answer)
		for _, event := range answer.GetBatch().GetEvents() {
			s.cursor = event.Cursor
			if !yield(event, nil) {
				return true, nil
			}
		}
		silence.Reset(patience)
	}
	switch {
	case errors.Is(err, io.EOF):
		return s.request.Stop != nil && s.draining == nil, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case context.Cause(call) == errSilent:
		return false, typed(status.Error(codes.Unavailable, fmt.Sprintf("the gateway said nothing for %v", patience)))
	default:
		return false, typed(err)
	}
}

// follow moves on as an answer says; one of a kind that is not known here says nothing.
func (s *EventStream) follow(answer *pb.SubscribeResponse) {
	switch answer := answer.Answer.(type) {
	case *pb.SubscribeResponse_Opened:
		s.opened, s.cursor, s.tryingSince = answer.Opened, answer.Opened.Cursor, time.Time{}
		if s.request.GetStopAtNewest() != nil {
			// Newest when the stream was first opened, not when it is opened again.
			s.request.Stop = &pb.SubscribeRequest_StopAtCursor{StopAtCursor: s.opened.NewestCursor}
		}
	case *pb.SubscribeResponse_Batch:
		s.bound = firstBackoff
		return
	case *pb.SubscribeResponse_Heartbeat:
		s.cursor, s.bound = answer.Heartbeat.Cursor, firstBackoff
	case *pb.SubscribeResponse_CaughtUp:
		s.cursor = answer.CaughtUp.Cursor
	case *pb.SubscribeResponse_FellBehind:
		s.cursor = answer.FellBehind.Cursor
	case *pb.SubscribeResponse_GapSkipped:
		s.cursor = answer.GapSkipped.ResumedAtCursor
	case *pb.SubscribeResponse_Draining:
		s.cursor, s.draining = answer.Draining.Cursor, answer.Draining
	}
	if s.Notice != nil {
		s.Notice(answer)
	}
}

// wait says how long to wait before the next connection, or the error that no waiting mends.
func (s *EventStream) wait(err error) (time.Duration, error) {
	asked := s.draining.GetReconnectDelay().AsDuration()
	var failure *Error
	if errors.As(err, &failure) && failure.RetryAfter != nil {
		asked = *failure.RetryAfter
	}
	asked = min(asked, maxAsked)
	// Clients that were sent away together must not come back together.
	wait := asked + rand.N(max(s.bound, asked))
	s.bound = min(2*s.bound, maxBackoff)
	if s.tryingSince.IsZero() {
		s.tryingSince = time.Now()
	}
	late := s.GiveUpAfter > 0 && time.Since(s.tryingSince)+wait >= s.GiveUpAfter
	if err != nil && (late || failure == nil || !failure.canPass()) {
		return 0, err
	}
	return wait, nil
}

func (s *EventStream) patience() time.Duration {
	heartbeat := s.request.GetHeartbeatInterval().AsDuration()
	if heartbeat <= 0 {
		heartbeat = defaultHeartbeat
	}
	patience := silentIntervals * heartbeat
	if s.GiveUpAfter > 0 {
		return min(patience, s.GiveUpAfter)
	}
	return patience
}
