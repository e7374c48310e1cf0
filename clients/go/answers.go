package conversationgateway

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
)

// Method is a method of a generated stub that streams its answers.
type Method[Request, Answer any] func(
	context.Context, *Request, ...grpc.CallOption,
) (grpc.ServerStreamingClient[Answer], error)

// Answers gives the answers of such a method: `gateway.Answers(ctx, client.Messages.SendAndTrack, request)`, until it
// ends or the context is done. Leaving the loop cancels the call. What goes wrong is given last, as an *Error.
func Answers[Request, Answer any](
	ctx context.Context, method Method[Request, Answer], request *Request,
) iter.Seq2[*Answer, error] {
	return func(yield func(*Answer, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := method(ctx, request)
		for err == nil {
			var answer *Answer
			if answer, err = stream.Recv(); err == nil && !yield(answer, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(nil, typed(err))
		}
	}
}
