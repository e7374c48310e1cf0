package io.conversationgateway;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RequestInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call that failed; the kind says what to do, the reason what happened.
 *
 * <p>The generated stubs throw grpc's own exception, and no client can change that: {@code of(error)} reads it.
 */
public final class GatewayException extends StatusRuntimeException {
  /** What to do about it. */
  public enum Kind {
    /** Correct the request; {@link #violations} names the fields. */
    INVALID_REQUEST("InvalidRequest"),
    /** There is no such thing. */
    NOT_FOUND("NotFound"),
    /** The state has changed, or the request id stands for another request. */
    CONFLICT("Conflict"),
    /** Somebody has to change something first: a permission, a setting, a state. */
    REFUSED("Refused"),
    /** Wait for {@link #retryAfter} and try again. */
    LIMIT_REACHED("LimitReached"),
    /** Nothing is wrong with the request; try again later. */
    UNAVAILABLE("Unavailable"),
    /** The deadline passed; a write may have been carried out. */
    OUT_OF_TIME("OutOfTime"),
    /** It may have been carried out; see {@code options.request_id}. */
    OUTCOME_UNKNOWN("OutcomeUnknown"),
    /** None of these. */
    OTHER("GatewayError");

    private final String spelt;

    Kind(String spelt) {
      this.spelt = spelt;
    }

    @Override
    public String toString() {
      return spelt;
    }
  }

  /** One field that is wrong, by its path from the request, and what to do about it. */
  public record Violation(String field, String description) {}

  private final transient ErrorInfo info;
  private final transient Optional<Duration> retryAfter;
  private final transient List<Violation> violations;
  private final String requestId;

  private GatewayException(Status status, io.grpc.Metadata trailers, List<Any> details) {
    super(status, trailers);
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    Duration delay = null;
    List<Violation> violations = new ArrayList<>();
    String requestId = "";
    for (Any detail : details) {
      try {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
        } else if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration asked = detail.unpack(RetryInfo.class).getRetryDelay();
          delay = Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        } else if (detail.is(BadRequest.class)) {
          detail.unpack(BadRequest.class).getFieldViolationsList()
              .forEach(wrong -> violations.add(new Violation(wrong.getField(), wrong.getDescription())));
        } else if (detail.is(RequestInfo.class)) {
          requestId = detail.unpack(RequestInfo.class).getRequestId();
        }
      } catch (InvalidProtocolBufferException unreadable) {
        // A detail that says nothing leaves the failure as it is.
        continue;
      }
    }
    this.info = info;
    this.retryAfter = Optional.ofNullable(delay);
    this.violations = List.copyOf(violations);
    this.requestId = requestId;
  }

  /** The typed form of a failed call; what it cannot read stays empty. */
  public static GatewayException of(StatusRuntimeException error) {
    if (error instanceof GatewayException typed) {
      return typed;
    }
    com.google.rpc.Status packed = StatusProto.fromThrowable(error);
    List<Any> details = packed == null ? List.of() : packed.getDetailsList();
    return new GatewayException(error.getStatus(), error.getTrailers(), details);
  }

  /** What to do about it. */
  public Kind kind() {
    if (reason().equals("OUTCOME_UNKNOWN")) {
      return Kind.OUTCOME_UNKNOWN;
    }
    return switch (getStatus().getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Kind.INVALID_REQUEST;
      case NOT_FOUND -> Kind.NOT_FOUND;
      case ALREADY_EXISTS, ABORTED -> Kind.CONFLICT;
      case PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, UNIMPLEMENTED -> Kind.REFUSED;
      case RESOURCE_EXHAUSTED -> Kind.LIMIT_REACHED;
      case UNAVAILABLE -> Kind.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Kind.OUT_OF_TIME;
      // What grpc-java says when the connection breaks in the moment of writing.
      case UNKNOWN -> getStatus().getCause() instanceof IOException ? Kind.UNAVAILABLE : Kind.OTHER;
      default -> Kind.OTHER;
    };
  }

  /** A value of {@code ErrorReason} without its prefix; empty when the gateway did not explain the failure. */
  public String reason() {
    return info.getReason();
  }

  /** {@code http_status}, {@code region}, {@code attempts} and {@code request_state}, where they are known. */
  public Map<String, String> metadata() {
    return info.getMetadataMap();
  }

  /** How long to wait before trying again; empty when that cannot help. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** The fields that are wrong. */
  public List<Violation> violations() {
    return violations;
  }

  /** The id to quote when asking about this call. */
  public String requestId() {
    return requestId;
  }

  /** Whether the same stream may succeed later: the gateway says so by asking for a delay; the rest is the network's. */
  boolean canPass() {
    if (!reason().isEmpty()) {
      return retryAfter.isPresent();
    }
    return switch (getStatus().getCode()) {
      case UNAVAILABLE, UNKNOWN, INTERNAL, ABORTED, CANCELLED, DEADLINE_EXCEEDED -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    String why = reason().isEmpty() ? getStatus().getCode().name() : reason();
    // Netty says what went wrong in the cause only.
    Throwable cause = getStatus().getCause();
    String detail = cause == null ? "" : " (" + cause.getMessage() + ")";
    return (kind() + ": " + why + ": " + getStatus().getDescription() + detail).replaceAll("\\s+", " ");
  }
}
