package io.conversationgateway;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * How the gateway is reached, as the environment says it: CONVERSATION_GATEWAY_ADDRESS, and, for TLS,
 * CONVERSATION_GATEWAY_CA_FILE, _CERT_FILE, _KEY_FILE, _TOKEN and _TOKEN_FILE.
 */
public final class Environment {
  private static final String PREFIX = "CONVERSATION_GATEWAY_";

  private Environment() {}

  /** Where the gateway is; on this machine unless the environment says otherwise. */
  public static String address() {
    String address = variable("ADDRESS");
    return address == null ? "127.0.0.1:50051" : address;
  }

  /** What to trust and who the caller is; plaintext unless the environment names the certificates to trust. */
  public static ChannelCredentials credentials() throws IOException {
    String authorities = variable("CA_FILE");
    String token = variable("TOKEN");
    String tokenFile = variable("TOKEN_FILE");
    if (authorities == null) {
      if (token != null || tokenFile != null) {
        throw new IllegalStateException("a token is only sent over TLS: set " + PREFIX + "CA_FILE as well");
      }
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder().trustManager(new File(authorities));
    if (variable("CERT_FILE") != null) {
      tls.keyManager(new File(variable("CERT_FILE")), new File(variable("KEY_FILE")));
    }
    if (token == null && tokenFile == null) {
      return tls.build();
    }
    return CompositeChannelCredentials.create(tls.build(), new Bearer(token, tokenFile));
  }

  private static String variable(String name) {
    String value = System.getenv(PREFIX + name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Sends a token with every call; a file is read anew each time, so that it may be replaced. */
  private static final class Bearer extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private final String token;
    private final String file;

    Bearer(String token, String file) {
      this.token = token;
      this.file = file;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
      executor.execute(
          () -> {
            try {
              Metadata metadata = new Metadata();
              metadata.put(AUTHORIZATION, "Bearer " + (file == null ? token : Files.readString(Path.of(file)).strip()));
              applier.apply(metadata);
            } catch (IOException unreadable) {
              applier.fail(Status.UNAVAILABLE.withDescription("the token cannot be read").withCause(unreadable));
            }
          });
    }
  }
}
