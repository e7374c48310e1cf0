// Package conversationgateway is the Go client of the Conversation Gateway: generated stubs for every call, typed
// errors, and the event feed as an iterator that survives restarts.
//
// The messages are in conversationgateway/v1, the vendor's vocabularies in vocabulary.
package conversationgateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	pb "github.com/conversation-gateway/conversation-gateway/clients/go/conversationgateway/v1"
)

// Version is what the client calls itself to the gateway.
const Version = "0.1.0"

// DefaultTimeout is what a unary call gets whose context has no deadline.
const DefaultTimeout = 30 * time.Second

const (
	prefix         = "CONVERSATION_GATEWAY_"
	defaultAddress = "127.0.0.1:50051"
	// The gateway's own limit, in both directions; a batch of events stays well below it.
	maxMessageBytes = 4 << 20
)

// Generated from the contract: calls that are safe to repeat are repeated while the gateway is not there.
//
//go:embed service_config.json
var serviceConfig string

// Client is a connection to a gateway: the generated stub of every service, and the event stream.
type Client struct {
	Apps               pb.AppServiceClient
	Batches            pb.BatchServiceClient
	Capabilities       pb.CapabilityServiceClient
	Consents           pb.ConsentServiceClient
	Contacts           pb.ContactServiceClient
	ConversationEvents pb.ConversationEventServiceClient
	Conversations      pb.ConversationServiceClient
	Feed               pb.EventFeedServiceClient
	Messages           pb.MessageServiceClient
	ProjectSettings    pb.ProjectSettingsServiceClient
	Raw                pb.RawServiceClient
	Templates          pb.TemplateServiceClient
	Webhooks           pb.WebhookServiceClient

	connection *grpc.ClientConn
}

// Connect gives a client of the gateway that the environment names: CONVERSATION_GATEWAY_ADDRESS (`host:port` or
// `unix:/path`, else 127.0.0.1:50051) and, for TLS, CONVERSATION_GATEWAY_CA_FILE, _CERT_FILE, _KEY_FILE, _TOKEN and
// _TOKEN_FILE. Further options go to grpc after the client's own. Nothing is sent before the first call.
func Connect(options ...grpc.DialOption) (*Client, error) {
	security, err := security()
	if err != nil {
		return nil, fmt.Errorf("conversation gateway: %w", err)
	}
	address := os.Getenv(prefix + "ADDRESS")
	if address == "" {
		address = defaultAddress
	}
	connection, err := grpc.NewClient(address, append(append(behaviour(), security...), options...)...)
	if err != nil {
		return nil, fmt.Errorf("conversation gateway: %w", err)
	}
	return &Client{
		Apps:               pb.NewAppServiceClient(connection),
		Batches:            pb.NewBatchServiceClient(connection),
		Capabilities:       pb.NewCapabilityServiceClient(connection),
		Consents:           pb.NewConsentServiceClient(connection),
		Contacts:           pb.NewContactServiceClient(connection),
		ConversationEvents: pb.NewConversationEventServiceClient(connection),
		Conversations:      pb.NewConversationServiceClient(connection),
		Feed:               pb.NewEventFeedServiceClient(connection),
		Messages:           pb.NewMessageServiceClient(connection),
		ProjectSettings:    pb.NewProjectSettingsServiceClient(connection),
		Raw:                pb.NewRawServiceClient(connection),
		Templates:          pb.NewTemplateServiceClient(connection),
		Webhooks:           pb.NewWebhookServiceClient(connection),
		connection:         connection,
	}, nil
}

// IsServing asks, by the standard health check, whether the gateway serves.
func (c *Client) IsServing(ctx context.Context) (bool, error) {
	health, err := grpc_health_v1.NewHealthClient(c.connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return health.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING, err
}

// Commit records durably that a subscription has dealt with everything up to a cursor.
func (c *Client) Commit(ctx context.Context, subscription string, cursor []byte) error {
	_, err := c.Feed.Commit(ctx, &pb.CommitRequest{Subscription: subscription, Cursor: cursor})
	return err
}

// Close ends every call.
func (c *Client) Close() error {
	return c.connection.Close()
}

func behaviour() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithUserAgent("conversation-gateway-go/" + Version),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxMessageBytes), grpc.MaxCallSendMsgSize(maxMessageBytes)),
		// Pings find a peer that is gone without a word; without a call in flight there is nothing to find out.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		// Between attempts to connect, calls fail at once; the default of two minutes would outlast any restart.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
		grpc.WithChainUnaryInterceptor(unaryCall),
	}
}

// unaryCall gives a call without a deadline the default one, and its failure a type.
func unaryCall(
	ctx context.Context, method string, request, response any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	if _, has := ctx.Deadline(); !has {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, DefaultTimeout)
		defer cancel()
	}
	return typed(invoke(ctx, method, request, response, connection, options...))
}

// security is plaintext unless the environment names the certificates to trust.
func security() ([]grpc.DialOption, error) {
	token := bearer{file: os.Getenv(prefix + "TOKEN_FILE"), token: os.Getenv(prefix + "TOKEN")}
	authorities := os.Getenv(prefix + "CA_FILE")
	if authorities == "" {
		if token != (bearer{}) {
			return nil, errors.New("a token is only sent over TLS: set " + prefix + "CA_FILE as well")
		}
		return []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}, nil
	}
	pem, err := os.ReadFile(authorities)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", authorities)
	}
	if file := os.Getenv(prefix + "CERT_FILE"); file != "" {
		own, err := tls.LoadX509KeyPair(file, os.Getenv(prefix+"KEY_FILE"))
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(config))}
	if token != (bearer{}) {
		options = append(options, grpc.WithPerRPCCredentials(token))
	}
	return options, nil
}

// bearer sends a token with every call; a file is read anew each time, so that it may be replaced.
type bearer struct{ file, token string }

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	token := b.token
	if b.file != "" {
		content, err := os.ReadFile(b.file)
		if err != nil {
			return nil, err
		}
		token = strings.TrimSpace(string(content))
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

func (bearer) RequireTransportSecurity() bool { return true }
