package io.conversationgateway.examples;

import io.conversationgateway.GatewayClient;
import io.conversationgateway.GatewayException;
import io.conversationgateway.v1.AskAndAwaitReplyRequest;
import io.conversationgateway.v1.AskAndAwaitReplyResponse;
import io.conversationgateway.v1.AwaitCapabilityRequest;
import io.conversationgateway.v1.ChannelCapability;
import io.conversationgateway.v1.ChoiceMessage;
import io.conversationgateway.v1.EnsureWebhooksRequest;
import io.conversationgateway.v1.EnsuredWebhook;
import io.conversationgateway.v1.Recipient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Sees to the webhook, asks which channel reaches somebody, and asks that person a question, one call each: {@code
 * Journeys https://gateway.example.com/webhooks/default +46700000001}.
 *
 * <p>The first argument is the gateway's webhook door as the API reaches it. The gateway is the one at
 * CONVERSATION_GATEWAY_ADDRESS, or on this machine ({@code make playground}).
 */
public final class Journeys {
  private Journeys() {}

  public static void main(String[] arguments) throws IOException {
    try (GatewayClient client = GatewayClient.connect()) {
      ensureWebhook(client, arguments[0]);
      awaitCapability(client, recipient(arguments[1]));
      ask(client, recipient(arguments[1]));
    } catch (StatusRuntimeException error) {
      System.err.println(GatewayException.of(error));
      System.exit(1);
    }
  }

  /** The API posts to the gateway, and an event of the gateway's own has proven it. */
  private static void ensureWebhook(GatewayClient client, String target) {
    EnsureWebhooksRequest.Builder request = EnsureWebhooksRequest.newBuilder().setProve(true);
    request.addWebhooksBuilder().setTarget(target);
    for (EnsuredWebhook webhook : client.webhooks.ensureWebhooks(request.build()).getWebhooksList()) {
      System.out.println(webhook.getChange() + " " + webhook.getProof());
    }
  }

  /** Whether the channel reaches the number; the answer to the lookup, or a remembered one. */
  private static void awaitCapability(GatewayClient client, Recipient recipient) {
    AwaitCapabilityRequest request = AwaitCapabilityRequest.newBuilder().setRecipient(recipient).build();
    for (ChannelCapability found : client.capabilities.awaitCapability(request).getCapabilitiesList()) {
      System.out.println(found.getChannel() + " " + found.getCapabilityStatus());
    }
  }

  /** A question, and the choice that was made within five minutes. */
  private static void ask(GatewayClient client, Recipient recipient) {
    AskAndAwaitReplyRequest.Builder request = AskAndAwaitReplyRequest.newBuilder();
    ChoiceMessage.Builder question =
        request.getSendBuilder().setRecipient(recipient).getMessageBuilder().getChoiceMessageBuilder();
    question.getTextMessageBuilder().setText("Tea or coffee?");
    question.addChoicesBuilder().setPostbackData("tea").getTextMessageBuilder().setText("Tea");
    question.addChoicesBuilder().setPostbackData("coffee").getTextMessageBuilder().setText("Coffee");
    // People take longer than the 30 seconds that a call gets by itself.
    AskAndAwaitReplyResponse reply =
        client.messages.withDeadlineAfter(5, TimeUnit.MINUTES).askAndAwaitReply(request.build());
    System.out.println(reply.getPostbackData().isEmpty() ? reply.getText() : reply.getPostbackData());
  }

  private static Recipient recipient(String number) {
    Recipient.Builder recipient = Recipient.newBuilder();
    recipient.getIdentifiedByBuilder().addChannelIdentitiesBuilder().setChannel("WHATSAPP").setIdentity(number);
    return recipient.build();
  }
}
