// What the vendor's Node SDK makes of the simulator: `node sdk.mjs operations URL APP_ID` performs every operation it has,
// `node sdk.mjs callbacks SECRET` reads callbacks, one JSON object a line, and judges their signatures. The last line on
// standard output is the finding, as JSON.
import { createInterface } from 'node:readline';
import { ConversationCallbackWebhooks } from '@sinch/conversation';
import { SinchClient } from '@sinch/sdk-core';
import { CASES, Scene } from './cases.mjs';

// What every resource inherits to be configured with, and the private functions that its operations share.
const NO_OPERATION = new Set(['constructor', 'sendMessage', 'sendEvent', 'performSendMessageRequestBodyTransformation']);

function operations(service) {
  const found = [];
  for (const [resource, api] of Object.entries(service)) {
    if (typeof api?.setHostname !== 'function') continue; // a client, not a resource
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(api))) {
      if (!NO_OPERATION.has(name)) found.push(`${resource}.${name}`);
    }
  }
  return found;
}

async function performed(scene, name) {
  try {
    const answer = await CASES[name](scene);
    return answer === undefined ? { error: 'no answer' } : { answer };
  } catch (failure) {
    return { status: failure.statusCode, error: String(failure.message ?? failure) };
  }
}

async function performAll(url, appId) {
  const client = new SinchClient({
    projectId: 'demo-project', keyId: 'demo-key', keySecret: 'demo-secret', conversationRegion: 'us',
    authHostname: `${url}/auth`, conversationHostname: `${url}/us/conversation`,
    conversationTemplatesHostname: `${url}/us/template`,
  });
  const results = {};
  const known = operations(client.conversation);
  for (const name of known) {
    // Each case begins at the configured apps and nothing else.
    await fetch(`${url}/_simulator/reset`, { method: 'POST' });
    results[name] = CASES[name] ? await performed(new Scene(client.conversation, appId), name) : { error: 'no case' };
    results[name].requests = (await (await fetch(`${url}/_simulator/requests`)).json()).requests;
  }
  return { results, strangers: Object.keys(CASES).filter((name) => !known.includes(name)) };
}

async function judge(secret) {
  const rightful = new ConversationCallbackWebhooks(secret);
  const stranger = new ConversationCallbackWebhooks(`not ${secret}`);
  const verdicts = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const { headers, body } = JSON.parse(line);
    verdicts.push({
      rightful: rightful.validateAuthenticationHeader(headers, body),
      stranger: stranger.validateAuthenticationHeader(headers, body),
      trigger: rightful.parseEvent(body).trigger,
    });
  }
  return verdicts;
}

const [command, ...given] = process.argv.slice(2);
const finding = command === 'operations' ? await performAll(...given) : await judge(...given);
console.log(JSON.stringify(finding));
