package io.conversationgateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/** Gives a unary call without a deadline the default one. */
final class DefaultDeadline implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
    CallOptions bounded =
        unary && options.getDeadline() == null
            ? options.withDeadlineAfter(GatewayClient.DEFAULT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            : options;
    return next.newCall(method, bounded);
  }
}
