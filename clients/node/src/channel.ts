/** How the channel to the gateway behaves: which calls repeat themselves, how long they take, when a link is dead. */

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import * as grpc from "@grpc/grpc-js";

import { typedError } from "./errors.js";

export const VERSION = "0.1.0";
const PREFIX = "CONVERSATION_GATEWAY_";
const DEFAULT_ADDRESS = "127.0.0.1:50051";
// The gateway's own limit, in both directions; a batch of events stays well below it.
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** What may be chosen for one call. */
export interface CallSettings {
  /** How long a unary call may take; else the client's own. A stream has no end of its own. */
  timeoutMs?: number;
  /** Cancels the call. */
  signal?: AbortSignal;
  metadata?: Record<string, string>;
  /** Given what the gateway adds to an answer: `x-gateway-replayed` and the others. */
  onTrailer?: (trailer: grpc.Metadata) => void;
}

/** Carries the calls of every generated stub. */
export class Channel {
  readonly #client: grpc.Client;
  readonly #timeoutMs: number;

  constructor(timeoutMs: number, address?: string, credentials?: grpc.ChannelCredentials) {
    const target = address ?? (process.env[PREFIX + "ADDRESS"] || DEFAULT_ADDRESS);
    this.#timeoutMs = timeoutMs;
    this.#client = new grpc.Client(target, credentials ?? fromEnvironment(), {
      "grpc.service_config": readFileSync(new URL("service_config.json", import.meta.url), "utf8"),
      "grpc.primary_user_agent": `conversation-gateway-node/${VERSION}`,
      "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
      "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
      // Pings find a peer that is gone without a word; without a call in flight there is nothing to find out.
      "grpc.keepalive_time_ms": 30_000,
      "grpc.keepalive_timeout_ms": 10_000,
      "grpc.keepalive_permit_without_calls": 0,
      // Between attempts to connect, calls fail at once; the default of two minutes would outlast any restart.
      "grpc.initial_reconnect_backoff_ms": 200,
      "grpc.max_reconnect_backoff_ms": 5_000,
    });
  }

  /** A unary call; rejects with a typed error. */
  request(service: string, method: string, data: Uint8Array, options: CallSettings = {}): Promise<Uint8Array> {
    const deadline = Date.now() + (options.timeoutMs ?? this.#timeoutMs);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        `/${service}/${method}`, toBuffer, fromBuffer, data, metadataOf(options), { deadline },
        (error, answer) => (error ? reject(typedError(error)) : resolve(answer!)),
      );
      call.on("status", (status) => options.onTrailer?.(status.metadata));
      cancelWith(call, options.signal);
    });
  }

  /** The answers to one request; leaving the loop cancels the call. */
  async *serverStreamingRequest(
    service: string, method: string, data: Uint8Array, options: CallSettings = {},
  ): AsyncGenerator<Uint8Array> {
    const call = this.#client.makeServerStreamRequest(
      `/${service}/${method}`, toBuffer, fromBuffer, data, metadataOf(options), deadlineOf(options),
    );
    cancelWith(call, options.signal);
    yield* answers(call);
  }

  /** An answer to all the requests of a stream. */
  clientStreamingRequest(
    service: string, method: string, data: AsyncIterable<Uint8Array>, options: CallSettings = {},
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeClientStreamRequest(
        `/${service}/${method}`, toBuffer, fromBuffer, metadataOf(options), deadlineOf(options),
        (error, answer) => (error ? reject(typedError(error)) : resolve(answer!)),
      );
      cancelWith(call, options.signal);
      pour(data, call);
    });
  }

  /** The answers to a stream of requests; leaving the loop cancels the call. */
  async *bidirectionalStreamingRequest(
    service: string, method: string, data: AsyncIterable<Uint8Array>, options: CallSettings = {},
  ): AsyncGenerator<Uint8Array> {
    const call = this.#client.makeBidiStreamRequest(
      `/${service}/${method}`, toBuffer, fromBuffer, metadataOf(options), deadlineOf(options),
    );
    cancelWith(call, options.signal);
    pour(data, call);
    yield* answers(call);
  }

  close(): void {
    this.#client.close();
  }
}

async function* answers(call: grpc.ClientReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* call;
  } catch (error) {
    throw typedError(error as grpc.ServiceError);
  } finally {
    // The end of a readable is not the end of its call, and what comes after a cancel concerns nobody.
    call.on("error", () => {});
    call.cancel();
  }
}

/** Writes what comes, no faster than it is taken. */
async function pour(
  data: AsyncIterable<Uint8Array>, call: grpc.ClientWritableStream<Uint8Array> | grpc.ClientDuplexStream<Uint8Array, Uint8Array>,
): Promise<void> {
  try {
    for await (const item of data) {
      while (call.writableNeedDrain) await sleep(1);
      call.write(item);
    }
    call.end();
  } catch {
    call.cancel();
  }
}

function cancelWith(call: { cancel(): void; on(event: "status", listener: () => void): unknown }, signal?: AbortSignal): void {
  if (signal === undefined) return;
  const cancel = () => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel);
  call.on("status", () => signal.removeEventListener("abort", cancel));
}

function metadataOf(options: CallSettings): grpc.Metadata {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.set(name, value);
  return metadata;
}

function deadlineOf(options: CallSettings): grpc.CallOptions {
  return options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs };
}

/** Plaintext, unless the environment names the certificates to trust. */
function fromEnvironment(): grpc.ChannelCredentials {
  const { [`${PREFIX}TOKEN`]: token, [`${PREFIX}TOKEN_FILE`]: tokenFile } = process.env;
  const authorities = content("CA_FILE");
  if (authorities === null) {
    if (token || tokenFile) throw new Error(`a token is only sent over TLS: set ${PREFIX}CA_FILE as well`);
    return grpc.credentials.createInsecure();
  }
  const channel = grpc.credentials.createSsl(authorities, content("KEY_FILE"), content("CERT_FILE"));
  if (!token && !tokenFile) return channel;
  const bearer = grpc.credentials.createFromMetadataGenerator((_, give) => {
    const metadata = new grpc.Metadata();
    try {
      // Read anew for every call, so that it may be replaced.
      metadata.set("authorization", `Bearer ${tokenFile ? readFileSync(tokenFile, "ascii").trim() : token}`);
      give(null, metadata);
    } catch (error) {
      give(error as Error);
    }
  });
  return grpc.credentials.combineChannelCredentials(channel, bearer);
}

function content(name: string): Buffer | null {
  const file = process.env[PREFIX + name];
  return file ? readFileSync(file) : null;
}

const toBuffer = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const fromBuffer = (data: Buffer): Uint8Array => data;
