package io.conversationgateway.examples;

import io.conversationgateway.GatewayClient;
import io.conversationgateway.GatewayException;
import io.conversationgateway.v1.SendAndTrackRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;

/**
 * Sends one message and prints what becomes of it, until it was read or has failed: {@code SendAndTrack +46700000001}.
 *
 * <p>The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine ({@code make playground}).
 */
public final class SendAndTrack {
  private SendAndTrack() {}

  public static void main(String[] arguments) throws IOException {
    String number = arguments[0];
    try (GatewayClient client = GatewayClient.connect()) {
      SendAndTrackRequest.Builder request = SendAndTrackRequest.newBuilder();
      request.getSendBuilder().getRecipientBuilder().getIdentifiedByBuilder().addChannelIdentitiesBuilder()
          .setChannel("WHATSAPP")
          .setIdentity(number);
      request.getSendBuilder().getMessageBuilder().getTextMessageBuilder().setText("Hello");
      client.messages.sendAndTrack(request.build()).forEachRemaining(answer -> {
        if (answer.hasState()) {
          System.out.println(answer.getState().getStatus());
        }
      });
    } catch (StatusRuntimeException error) {
      System.err.println(GatewayException.of(error));
      System.exit(1);
    }
  }
}
