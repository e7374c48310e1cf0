package io.conversationgateway;

import io.conversationgateway.v1.SubscribeRequest;
import io.conversationgateway.v1.SubscribeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One {@code Subscribe} call: its answers one at a time, and the end of patience with it. */
final class FeedCall implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
  private interface Item {}

  private record Answer(SubscribeResponse response) implements Item {}

  /** The end, well or with an error. */
  private record End(Throwable error) implements Item {}

  // One answer is asked for at a time, so there is at most that one and the end.
  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private ClientCallStreamObserver<SubscribeRequest> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> started) {
    call = started;
    call.disableAutoRequestWithInitial(1);
  }

  @Override
  public void onNext(SubscribeResponse response) {
    items.add(new Answer(response));
  }

  @Override
  public void onError(Throwable error) {
    items.add(new End(error));
  }

  @Override
  public void onCompleted() {
    items.add(new End(null));
  }

  /** The next answer; empty when the call ended well. Throws what it failed with, or that nothing came in time. */
  Optional<SubscribeResponse> take(Duration patience) throws InterruptedException {
    Item item = items.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (item instanceof Answer answer) {
      call.request(1);
      return Optional.of(answer.response());
    }
    if (item == null) {
      String silence = "the gateway said nothing for " + patience.toMillis() + " ms";
      throw GatewayException.of(Status.UNAVAILABLE.withDescription(silence).asRuntimeException());
    }
    Throwable error = ((End) item).error();
    if (error == null) {
      return Optional.empty();
    }
    throw GatewayException.of(
        error instanceof StatusRuntimeException failed ? failed : Status.fromThrowable(error).asRuntimeException());
  }

  /** Tell the gateway that nobody listens any more; whoever waits sees the end. */
  void cancel() {
    items.add(new End(null));
    call.cancel("nobody listens any more", null);
  }
}
