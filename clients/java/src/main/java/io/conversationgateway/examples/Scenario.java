package io.conversationgateway.examples;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import io.conversationgateway.EventStream;
import io.conversationgateway.GatewayClient;
import io.conversationgateway.GatewayException;
import io.conversationgateway.Vocabulary.WebhookTrigger;
import io.conversationgateway.v1.EventFilter;
import io.conversationgateway.v1.FeedEvent;
import io.conversationgateway.v1.GetFeedRequest;
import io.conversationgateway.v1.ListFeedEventsRequest;
import io.conversationgateway.v1.SendMessageRequest;
import io.conversationgateway.v1.SubscribeRequest;
import io.conversationgateway.v1.TranscodeMessageRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** What every client must be able to do, step by step; clients/scenario.md explains it. */
public final class Scenario {
  private static final EventFilter DELIVERIES =
      EventFilter.newBuilder().addTriggers(WebhookTrigger.MESSAGE_DELIVERY).build();
  private static final Metadata.Key<String> REPLAYED =
      Metadata.Key.of("x-gateway-replayed", Metadata.ASCII_STRING_MARSHALLER);

  private record Data(
      String recipient,
      @SerializedName("recipient_over_the_limit") String recipientOverTheLimit,
      String channel,
      List<String> receipts,
      @SerializedName("transcode_to") List<String> transcodeTo,
      List<JsonObject> messages) {}

  private final Data data;
  private final GatewayClient client;
  private final List<FeedEvent> seen = new ArrayList<>();

  private Scenario(Data data, GatewayClient client) {
    this.data = data;
    this.client = client;
  }

  public static void main(String[] arguments) throws Exception {
    Data data = new Gson().fromJson(Files.readString(Path.of(arguments[0])), Data.class);
    try (GatewayClient client = GatewayClient.connect()) {
      new Scenario(data, client).play();
    }
  }

  private void play() throws Exception {
    System.out.println("health: " + (client.isServing() ? "SERVING" : "NOT_SERVING"));
    ByteString start = client.feed.getFeed(GetFeedRequest.getDefaultInstance()).getNewestCursor();
    Map<String, String> names = new LinkedHashMap<>();
    for (JsonObject message : data.messages()) {
      String name = message.keySet().iterator().next();
      names.put(client.messages.sendMessage(send(message).build()).getMessageId(), name);
    }
    names.values().forEach(name -> System.out.println("sent: " + name));
    refused();
    limited();
    replayed();
    transcoded();
    SubscribeRequest.Builder subscribe = SubscribeRequest.newBuilder().setFilter(DELIVERIES);
    try (EventStream events = client.events(subscribe.setAfterCursor(start).build())) {
      await(events, names.keySet());
      String receipts = String.join(" ", data.receipts());
      names.values().forEach(name -> System.out.println("receipts: " + name + " " + receipts));
      resumed(events);
    }
    ListFeedEventsRequest list =
        ListFeedEventsRequest.newBuilder().setAfterCursor(start).setFilter(DELIVERIES).setPageSize(1000).build();
    List<String> stored = client.feed.listFeedEvents(list).getEventsList().stream().map(FeedEvent::getEventId).toList();
    boolean same = seen.stream().map(FeedEvent::getEventId).toList().equals(stored.subList(0, seen.size()));
    System.out.println("resumed: " + verdict(same, "without loss or repeat"));
    committedAndCancelled(subscribe);
  }

  /** The request that sends a message. */
  private SendMessageRequest.Builder send(JsonObject message) throws IOException {
    SendMessageRequest.Builder request = SendMessageRequest.newBuilder();
    request.getRecipientBuilder().getIdentifiedByBuilder().addChannelIdentitiesBuilder()
        .setChannel(data.channel())
        .setIdentity(data.recipient());
    JsonFormat.parser().merge(message.toString(), request.getMessageBuilder());
    return request;
  }

  /** A send that may be repeated. */
  private SendMessageRequest repeatable() throws IOException {
    SendMessageRequest.Builder request = send(data.messages().get(0));
    request.getOptionsBuilder().setRequestId(UUID.randomUUID().toString());
    return request.build();
  }

  /** A send of nothing to nobody. */
  private void refused() {
    GatewayException failure = failure(SendMessageRequest.getDefaultInstance(), GatewayException.Kind.INVALID_REQUEST);
    System.out.println("refused: " + failure.getStatus().getCode() + " " + failure.reason());
    failure.violations().stream().map(GatewayException.Violation::field).sorted()
        .forEach(field -> System.out.println("violation: " + field));
  }

  /** A send that the API refuses as one too many, by a caller who does not want to wait. */
  private void limited() throws IOException {
    SendMessageRequest.Builder request = send(data.messages().get(0));
    request.getRecipientBuilder().getIdentifiedByBuilder().getChannelIdentitiesBuilder(0)
        .setIdentity(data.recipientOverTheLimit());
    request.getOptionsBuilder().getMaxQueueWaitBuilder().setNanos(100_000_000);
    GatewayException failure = failure(request.build(), GatewayException.Kind.LIMIT_REACHED);
    boolean hinted = failure.retryAfter().map(delay -> !delay.isZero()).orElse(false);
    String verdict = verdict(hinted, "with a retry hint");
    System.out.println("limited: " + failure.getStatus().getCode() + " " + failure.reason() + " " + verdict);
  }

  private GatewayException failure(SendMessageRequest request, GatewayException.Kind kind) {
    try {
      client.messages.sendMessage(request);
    } catch (StatusRuntimeException error) {
      GatewayException failure = GatewayException.of(error);
      if (failure.kind() == kind) {
        return failure;
      }
      throw failure;
    }
    throw new IllegalStateException("not refused");
  }

  /** The same request id twice: one message. */
  private void replayed() throws IOException {
    SendMessageRequest request = repeatable();
    String first = client.messages.sendMessage(request).getMessageId();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    String second =
        client.messages
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers))
            .sendMessage(request)
            .getMessageId();
    boolean marked = "true".equals(trailers.get().get(REPLAYED));
    System.out.println("replayed: " + verdict(marked && first.equals(second), "the same message"));
  }

  /** What a message becomes on other channels. */
  private void transcoded() throws IOException {
    TranscodeMessageRequest request =
        TranscodeMessageRequest.newBuilder()
            .setAppMessage(send(data.messages().get(2)).getMessage())
            .addAllChannels(data.transcodeTo())
            .build();
    Set<String> channels = new TreeSet<>(client.messages.transcodeMessage(request).getTranscodedMessageMap().keySet());
    System.out.println("transcoded: " + String.join(" ", channels));
  }

  /** Wait for every receipt of these messages. */
  private void await(EventStream events, Set<String> ids) {
    Set<List<String>> missing = new HashSet<>();
    ids.forEach(id -> data.receipts().forEach(receipt -> missing.add(List.of(id, receipt))));
    while (!missing.isEmpty()) {
      FeedEvent event = events.next();
      seen.add(event);
      missing.remove(
          List.of(event.getMessageDeliveryReport().getMessageId(), event.getMessageDeliveryReport().getStatus()));
    }
  }

  /** Lose the connection, send, and wait for the receipts on the same stream. */
  private void resumed(EventStream events) throws Exception {
    System.out.println("disconnect");
    // Whoever runs this may break the connection now, and say so with a line.
    new BufferedReader(new InputStreamReader(System.in)).readLine();
    SendMessageRequest request = repeatable();
    while (true) {
      try {
        await(events, Set.of(client.messages.sendMessage(request).getMessageId()));
        return;
      } catch (StatusRuntimeException error) {
        // Its request id makes it safe to repeat a send while the gateway is away.
        if (GatewayException.of(error).kind() != GatewayException.Kind.UNAVAILABLE) {
          throw error;
        }
        Thread.sleep(200);
      }
    }
  }

  /** Go on where a subscription was committed, and leave. */
  private void committedAndCancelled(SubscribeRequest.Builder subscribe) throws InterruptedException {
    String name = "scenario-" + UUID.randomUUID();
    client.commit(name, seen.get(2).getCursor());
    try (EventStream events = client.events(subscribe.setSubscription(name).build())) {
      boolean next = events.next().getEventId().equals(seen.get(3).getEventId());
      System.out.println("committed: " + verdict(next, "goes on with the next event"));
    }
    while (isActive(name)) {
      Thread.sleep(50);
    }
    System.out.println("cancelled: the gateway knows");
  }

  /** Whether the gateway believes that somebody listens. */
  private boolean isActive(String name) {
    return client.feed.getFeed(GetFeedRequest.getDefaultInstance()).getSubscriptionsList().stream()
        .anyMatch(known -> known.getSubscription().equals(name) && known.getActive());
  }

  private static String verdict(boolean holds, String what) {
    return holds ? what : "NOT " + what;
  }
}
