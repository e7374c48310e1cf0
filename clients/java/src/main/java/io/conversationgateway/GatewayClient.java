package io.conversationgateway;

import com.google.gson.Gson;
import com.google.protobuf.ByteString;
import io.conversationgateway.v1.AppServiceGrpc;
import io.conversationgateway.v1.BatchServiceGrpc;
import io.conversationgateway.v1.CapabilityServiceGrpc;
import io.conversationgateway.v1.CommitRequest;
import io.conversationgateway.v1.ConsentServiceGrpc;
import io.conversationgateway.v1.ContactServiceGrpc;
import io.conversationgateway.v1.ConversationEventServiceGrpc;
import io.conversationgateway.v1.ConversationServiceGrpc;
import io.conversationgateway.v1.EventFeedServiceGrpc;
import io.conversationgateway.v1.MessageServiceGrpc;
import io.conversationgateway.v1.ProjectSettingsServiceGrpc;
import io.conversationgateway.v1.RawServiceGrpc;
import io.conversationgateway.v1.SubscribeRequest;
import io.conversationgateway.v1.TemplateServiceGrpc;
import io.conversationgateway.v1.WebhookServiceGrpc;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a gateway: the blocking stub of every service, and the event feed.
 *
 * <p>A unary call without a deadline gets the client's own; calls that the contract marks as safe to repeat are repeated
 * while the gateway is not there; what a failed call throws is read by {@link GatewayException#of}. {@link #channel} makes other stubs.
 */
public final class GatewayClient implements AutoCloseable {
  public static final String VERSION = "0.1.0";
  /** What a unary call without a deadline gets. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  // The gateway's own limit; a batch of events stays well below it.
  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  public final AppServiceGrpc.AppServiceBlockingStub apps;
  public final BatchServiceGrpc.BatchServiceBlockingStub batches;
  public final CapabilityServiceGrpc.CapabilityServiceBlockingStub capabilities;
  public final ConsentServiceGrpc.ConsentServiceBlockingStub consents;
  public final ContactServiceGrpc.ContactServiceBlockingStub contacts;
  public final ConversationEventServiceGrpc.ConversationEventServiceBlockingStub conversationEvents;
  public final ConversationServiceGrpc.ConversationServiceBlockingStub conversations;
  public final EventFeedServiceGrpc.EventFeedServiceBlockingStub feed;
  public final MessageServiceGrpc.MessageServiceBlockingStub messages;
  public final ProjectSettingsServiceGrpc.ProjectSettingsServiceBlockingStub projectSettings;
  public final RawServiceGrpc.RawServiceBlockingStub raw;
  public final TemplateServiceGrpc.TemplateServiceBlockingStub templates;
  public final WebhookServiceGrpc.WebhookServiceBlockingStub webhooks;
  /** What the stubs use, for those of another style. */
  public final Channel channel;

  private final ManagedChannel connection;

  private GatewayClient(ManagedChannel connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
    apps = AppServiceGrpc.newBlockingStub(channel);
    batches = BatchServiceGrpc.newBlockingStub(channel);
    capabilities = CapabilityServiceGrpc.newBlockingStub(channel);
    consents = ConsentServiceGrpc.newBlockingStub(channel);
    contacts = ContactServiceGrpc.newBlockingStub(channel);
    conversationEvents = ConversationEventServiceGrpc.newBlockingStub(channel);
    conversations = ConversationServiceGrpc.newBlockingStub(channel);
    feed = EventFeedServiceGrpc.newBlockingStub(channel);
    messages = MessageServiceGrpc.newBlockingStub(channel);
    projectSettings = ProjectSettingsServiceGrpc.newBlockingStub(channel);
    raw = RawServiceGrpc.newBlockingStub(channel);
    templates = TemplateServiceGrpc.newBlockingStub(channel);
    webhooks = WebhookServiceGrpc.newBlockingStub(channel);
  }

  /** A client of the gateway that the environment names, see {@link Environment}. Nothing is sent before a call. */
  public static GatewayClient connect() throws IOException {
    return connect(Environment.address(), Environment.credentials());
  }

  /** A client of the gateway at {@code host:port} or {@code unix:/path}. */
  public static GatewayClient connect(String address, ChannelCredentials credentials) throws IOException {
    ManagedChannel connection =
        Grpc.newChannelBuilder(address, credentials)
            .userAgent("conversation-gateway-java/" + VERSION)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            // Pings find a peer that is gone without a word; without a call in flight there is nothing to find out.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .defaultServiceConfig(serviceConfig())
            .enableRetry()
            .build();
    return new GatewayClient(connection, ClientInterceptors.intercept(connection, new DefaultDeadline()));
  }

  /** Whether the gateway says, by the standard health check, that it serves. */
  public boolean isServing() {
    HealthCheckRequest request = HealthCheckRequest.getDefaultInstance();
    return HealthGrpc.newBlockingStub(channel).check(request).getStatus() == ServingStatus.SERVING;
  }

  /** Follow the events: the request is the contract's own. Close what it returns. */
  public EventStream events(SubscribeRequest request) {
    return new EventStream(this, request);
  }

  /** Record durably that a subscription has dealt with everything up to a cursor. */
  public void commit(String subscription, ByteString cursor) {
    feed.commit(CommitRequest.newBuilder().setSubscription(subscription).setCursor(cursor).build());
  }

  /** Try to connect at once: grpc would wait for up to two minutes when the gateway was away for long. */
  void reconnect() {
    connection.resetConnectBackoff();
  }

  /** Cancel every call and end the connection. */
  @Override
  public void close() {
    connection.shutdownNow();
  }

  /** Generated from the contract. */
  @SuppressWarnings("unchecked")
  private static Map<String, ?> serviceConfig() throws IOException {
    try (InputStream config = GatewayClient.class.getResourceAsStream("service_config.json")) {
      return new Gson().fromJson(new InputStreamReader(config, StandardCharsets.UTF_8), Map.class);
    }
  }
}
