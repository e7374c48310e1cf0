package io.conversationgateway.examples;

import com.google.protobuf.ByteString;
import io.conversationgateway.EventStream;
import io.conversationgateway.GatewayClient;
import io.conversationgateway.GatewayException;
import io.conversationgateway.Vocabulary.ConversationChannel;
import io.conversationgateway.Vocabulary.DeliveryStatus;
import io.conversationgateway.Vocabulary.WebhookTrigger;
import io.conversationgateway.v1.EventFilter;
import io.conversationgateway.v1.FeedEvent;
import io.conversationgateway.v1.GetFeedRequest;
import io.conversationgateway.v1.SendMessageRequest;
import io.conversationgateway.v1.SubscribeRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

/**
 * Sends one message and follows what becomes of it until it was read: {@code SendAndFollow +46700000001}.
 *
 * <p>The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine ({@code make playground}). When it is
 * away for five seconds the program gives up.
 */
public final class SendAndFollow {
  private SendAndFollow() {}

  public static void main(String[] arguments) throws IOException {
    try (GatewayClient client = GatewayClient.connect()) {
      follow(client, arguments[0]);
    } catch (StatusRuntimeException error) {
      System.err.println(GatewayException.of(error));
      System.exit(1);
    }
  }

  private static void follow(GatewayClient client, String number) {
    // Taken before the send, so that no receipt can come too early.
    ByteString cursor = client.feed.getFeed(GetFeedRequest.getDefaultInstance()).getNewestCursor();
    SendMessageRequest.Builder request = SendMessageRequest.newBuilder();
    request.getRecipientBuilder().getIdentifiedByBuilder().addChannelIdentitiesBuilder()
        .setChannel(ConversationChannel.WHATSAPP)
        .setIdentity(number);
    request.getMessageBuilder().getTextMessageBuilder().setText("Hello");
    request.getOptionsBuilder().setRequestId(UUID.randomUUID().toString());
    String messageId = client.messages.sendMessage(request.build()).getMessageId();

    EventFilter filter =
        EventFilter.newBuilder().addTriggers(WebhookTrigger.MESSAGE_DELIVERY).addMessageIds(messageId).build();
    SubscribeRequest subscribe = SubscribeRequest.newBuilder().setAfterCursor(cursor).setFilter(filter).build();
    try (EventStream events = client.events(subscribe).giveUpAfter(Duration.ofSeconds(5))) {
      for (FeedEvent event : events) {
        String status = event.getMessageDeliveryReport().getStatus();
        System.out.println(status);
        if (status.equals(DeliveryStatus.READ) || status.equals(DeliveryStatus.FAILED)) {
          break;
        }
      }
    }
  }
}
