package io.conversationgateway;

import com.google.protobuf.ByteString;
import io.conversationgateway.v1.CommitRequest;
import io.conversationgateway.v1.Draining;
import io.conversationgateway.v1.EventFeedServiceGrpc;
import io.conversationgateway.v1.FeedEvent;
import io.conversationgateway.v1.Opened;
import io.conversationgateway.v1.SubscribeRequest;
import io.conversationgateway.v1.SubscribeResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The events of one request, over as many connections as it takes, for one thread at a time.
 *
 * <p>It is a cursor: what was handed out, or proven not to concern the caller, is behind it, and a connection that
 * breaks, falls silent for three heartbeat intervals, or is sent away by a gateway that shuts down is replaced by one
 * that starts after it, with back-off and jitter. A stream of a named subscription starts after what was committed. An
 * error that trying again cannot mend is thrown. Closing the stream, from whichever thread, or interrupting the one that
 * waits, cancels the call and ends the iteration.
 */
public final class EventStream implements Iterable<FeedEvent>, Iterator<FeedEvent>, AutoCloseable {
  private static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(10);
  // The contract's advice: a stream that is silent for three granted heartbeat intervals is broken.
  private static final int SILENT_INTERVALS = 3;
  private static final long FIRST_BACKOFF_MS = 200;
  private static final long MAX_BACKOFF_MS = 10_000;
  // What a server asks for is honoured up to here; beyond, it is more likely a mistake than a wish.
  private static final long MAX_ASKED_MS = 60_000;

  private final GatewayClient client;
  private final SubscribeRequest.Builder request;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile FeedCall call;
  private Iterator<FeedEvent> batch = Collections.emptyIterator();
  private ByteString cursor;
  private Opened opened = Opened.getDefaultInstance();
  private Draining draining;
  private Duration patience;
  private Duration giveUpAfter;
  private Consumer<SubscribeResponse> notice = answer -> {};
  private long backoffMs = FIRST_BACKOFF_MS;
  private long tryingSinceNs = System.nanoTime();
  private boolean trying;

  EventStream(GatewayClient client, SubscribeRequest request) {
    this.client = client;
    this.request = request.toBuilder();
    this.cursor = request.getAfterCursor();
  }

  /** How long to try while the gateway does not open the stream; for ever unless set. */
  public EventStream giveUpAfter(Duration bound) {
    giveUpAfter = bound;
    return this;
  }

  /** Gives every answer that holds no events to this consumer. */
  public EventStream notice(Consumer<SubscribeResponse> consumer) {
    notice = consumer;
    return this;
  }

  /** Where to go on: everything up to here was handed out or did not pass the filter. */
  public ByteString cursor() {
    return cursor;
  }

  @Override
  public Iterator<FeedEvent> iterator() {
    return this;
  }

  /** Waits for an event, however long it takes; false when the stream has ended. */
  @Override
  public boolean hasNext() {
    try {
      while (closed.getCount() > 0 && !batch.hasNext()) {
        step();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      close();
    }
    return closed.getCount() > 0;
  }

  @Override
  public FeedEvent next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FeedEvent event = batch.next();
    cursor = event.getCursor();
    return event;
  }

  /** Record durably that everything up to this event is dealt with; FENCED when another consumer has taken over. */
  public void commit(FeedEvent event) {
    client.feed.commit(
        CommitRequest.newBuilder()
            .setProjectId(request.getProjectId())
            .setSubscription(request.getSubscription())
            .setCursor(event.getCursor())
            .setFencingEpoch(opened.getFencingEpoch())
            .build());
  }

  @Override
  public void close() {
    closed.countDown();
    disconnect();
  }

  /** One answer, or one wait for the next connection. */
  private void step() throws InterruptedException {
    try {
      if (call == null) {
        connect();
      }
      Optional<SubscribeResponse> answer = call.take(patience);
      if (answer.isPresent()) {
        follow(answer.get());
        return;
      }
      disconnect();
      if (request.getStopCase() != SubscribeRequest.StopCase.STOP_NOT_SET && draining == null) {
        close();
        return;
      }
      closed.await(waitMs(null), TimeUnit.MILLISECONDS);
    } catch (GatewayException failure) {
      disconnect();
      closed.await(waitMs(failure), TimeUnit.MILLISECONDS);
    }
  }

  private void connect() {
    if (!cursor.isEmpty() && !request.hasSubscription()) {
      request.setAfterCursor(cursor);
    }
    draining = null;
    keepTrying();
    Duration heartbeat = duration(request.getHeartbeatInterval());
    patience = (heartbeat.isZero() ? DEFAULT_HEARTBEAT : heartbeat).multipliedBy(SILENT_INTERVALS);
    if (giveUpAfter != null && giveUpAfter.compareTo(patience) < 0) {
      patience = giveUpAfter;
    }
    client.reconnect();
    FeedCall started = new FeedCall();
    EventFeedServiceGrpc.newStub(client.channel).subscribe(request.build(), started);
    call = started;
    if (closed.getCount() == 0) {
      // Closed by another thread after it had looked for a call.
      disconnect();
    }
  }

  private void disconnect() {
    FeedCall current = call;
    if (current != null) {
      current.cancel();
    }
    if (closed.getCount() > 0) {
      call = null;
    }
  }

  /** Move on as an answer says; one of a kind that is not known here says nothing. */
  private void follow(SubscribeResponse answer) {
    switch (answer.getAnswerCase()) {
      case OPENED -> {
        opened = answer.getOpened();
        cursor = opened.getCursor();
        trying = false;
        if (!duration(opened.getHeartbeatInterval()).isZero()) {
          patience = duration(opened.getHeartbeatInterval()).multipliedBy(SILENT_INTERVALS);
        }
        if (request.hasStopAtNewest()) {
          // Newest when the stream was first opened, not when it is opened again.
          request.setStopAtCursor(opened.getNewestCursor());
        }
      }
      case BATCH -> {
        batch = answer.getBatch().getEventsList().iterator();
        backoffMs = FIRST_BACKOFF_MS;
        return;
      }
      case HEARTBEAT -> {
        cursor = answer.getHeartbeat().getCursor();
        backoffMs = FIRST_BACKOFF_MS;
      }
      case CAUGHT_UP -> cursor = answer.getCaughtUp().getCursor();
      case FELL_BEHIND -> cursor = answer.getFellBehind().getCursor();
      case GAP_SKIPPED -> cursor = answer.getGapSkipped().getResumedAtCursor();
      case DRAINING -> {
        draining = answer.getDraining();
        cursor = draining.getCursor();
      }
      default -> {}
    }
    notice.accept(answer);
  }

  /** How long to wait before the next call; throws a failure that no waiting mends. */
  private long waitMs(GatewayException failure) {
    Duration told = draining == null ? Duration.ZERO : duration(draining.getReconnectDelay());
    Duration asked = failure == null ? told : failure.retryAfter().orElse(told);
    long askedMs = Math.min(asked.toMillis(), MAX_ASKED_MS);
    // Clients that were sent away together must not come back together.
    long waitMs = askedMs + ThreadLocalRandom.current().nextLong(Math.max(backoffMs, askedMs));
    backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    keepTrying();
    long triedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - tryingSinceNs);
    boolean late = giveUpAfter != null && triedMs + waitMs >= giveUpAfter.toMillis();
    if (failure != null && (late || !failure.canPass())) {
      close();
      throw failure;
    }
    return waitMs;
  }

  private void keepTrying() {
    if (!trying) {
      trying = true;
      tryingSinceNs = System.nanoTime();
    }
  }

  private static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}
