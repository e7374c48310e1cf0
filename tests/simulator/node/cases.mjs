// One case per operation of the SDK. A case gives what the SDK made of the answer, and throws when it is not as it should be.
import assert from 'node:assert/strict';

const RCS = { channel: 'RCS', identity: '46700000001' };
const RECIPIENT = { identified_by: { channel_identities: [RCS] } };
const TEXT = { text_message: { text: 'Hello' } };
const MEDIA = { url: 'https://media.example/a.png' };
const CHOICES = [{ text_message: { text: 'Yes' }, postback_data: 'yes' }];
const CARD = { title: 'Title', description: 'Text', media_message: MEDIA, choices: CHOICES };
const CREDENTIALS = [{ channel: 'SMS', static_bearer: { claimed_identity: 'plan', token: 't' } }];
const TEMPLATE = {
  default_translation: 'en-US',
  translations: [{ language_code: 'en-US', text_message: { text: 'Hi ${name}' }, variables: [{ key: 'name' }] }],
};

// The SDK, and one of everything that its operations name.
export class Scene {
  constructor(service, appId) {
    this.service = service;
    this.appId = appId;
  }

  send(method, message) {
    const sendMessageRequestBody = { app_id: this.appId, recipient: RECIPIENT, message };
    return this.service.messages[method]({ sendMessageRequestBody });
  }

  sendEvent(method, event) {
    return this.service.events[method]({ sendEventRequestBody: { app_id: this.appId, recipient: RECIPIENT, event } });
  }

  async messageId() {
    return (await this.send('send', TEXT)).message_id;
  }

  async eventId() {
    return (await this.sendEvent('send', { composing_event: {} })).event_id;
  }

  async contactId(identity = '46700000002') {
    const channel_identities = [{ channel: 'SMS', identity }];
    return (await this.service.contact.create({ contactCreateRequestBody: { channel_identities, language: 'EN_US' } })).id;
  }

  async conversation() {
    const contact_id = await this.contactId();
    const createConversationRequestBody = { app_id: this.appId, contact_id, active: true, metadata: 'm' };
    return this.service.conversation.create({ createConversationRequestBody });
  }

  async injected() {
    const { id, contact_id } = await this.conversation();
    return { id, common: { contact_id, channel_identity: RCS, accept_time: new Date() } };
  }

  webhook(target = 'https://hooks.example/a') {
    const webhookCreateRequestBody = { app_id: this.appId, target, target_type: 'HTTP', triggers: ['OPT_IN'], secret: 's' };
    return this.service.webhooks.create({ webhookCreateRequestBody });
  }

  settings() {
    const contact_settings = { unified_contact_id_enabled: false };
    return this.service.projectSettings.create({ createProjectSettingsRequestBody: { contact_settings } });
  }

  template() {
    return this.service.templatesV2.create({ createTemplateRequestBody: TEMPLATE });
  }
}

async function listed(promise, least = 1) {
  const page = await promise;
  assert.ok(page.data.length >= least, `${page.data.length} items`);
  return page.data;
}

// A list of several pages, walked to its end by the SDK's own iterator.
async function walked(list, count) {
  const found = [];
  for await (const item of list) found.push(item);
  assert.equal(new Set(found.map((item) => item.id)).size, count);
  return found;
}

// The vendor took Templates V1 away on 31 January 2026; the SDK still has its operations. Every one has to be told 404.
function gone(operate) {
  return async ({ service }) => {
    await assert.rejects(operate(service.templatesV1), (failure) => failure.statusCode === 404);
    return {};
  };
}

export const CASES = {
  'contact.create': ({ service }) =>
    service.contact.create({ contactCreateRequestBody: { channel_identities: [RCS], language: 'EN_US', email: 'a@b.se' } }),
  'contact.delete': async (scene) => scene.service.contact.delete({ contact_id: await scene.contactId() }),
  'contact.getChannelProfile': async (scene) =>
    scene.service.contact.getChannelProfile({
      getChannelProfileRequestBody: {
        app_id: scene.appId, channel: 'MESSENGER', recipient: { contact_id: await scene.contactId() },
      },
    }),
  'contact.get': async (scene) => scene.service.contact.get({ contact_id: await scene.contactId() }),
  'contact.list': async (scene) => {
    for (const identity of ['4670001', '4670002', '4670003', '4670004', '4670005']) await scene.contactId(identity);
    return walked(scene.service.contact.list({ page_size: 2 }), 5);
  },
  'contact.listIdentityConflicts': async (scene) => {
    await scene.contactId();
    await scene.contactId();
    return listed(scene.service.contact.listIdentityConflicts({}));
  },
  'contact.mergeContact': async (scene) =>
    scene.service.contact.mergeContact({
      destination_id: await scene.contactId('4670001'),
      mergeContactRequestBody: { source_id: await scene.contactId('4670002'), strategy: 'MERGE' },
    }),
  'contact.update': async (scene) => {
    const contact = await scene.service.contact.update({
      contact_id: await scene.contactId(),
      updateContactRequestBody: { display_name: 'Ann', email: 'a@example.com' },
      update_mask: ['display_name', 'email'],
    });
    assert.deepEqual([contact.display_name, contact.email], ['Ann', 'a@example.com']);
    return contact;
  },

  'app.create': ({ service }) =>
    service.app.create({ appCreateRequestBody: { display_name: 'New', channel_credentials: CREDENTIALS } }),
  'app.delete': async ({ service }) => {
    const app = await service.app.create({
      appCreateRequestBody: { display_name: 'New', channel_credentials: CREDENTIALS },
    });
    return service.app.delete({ app_id: app.id });
  },
  'app.get': ({ service, appId }) => service.app.get({ app_id: appId }),
  'app.list': async ({ service }) => {
    const { apps } = await service.app.list({});
    assert.equal(apps.length, 1);
    return apps;
  },
  'app.update': async ({ service, appId }) => {
    const app = await service.app.update({
      app_id: appId, appUpdateRequestBody: { display_name: 'Newer' }, update_mask: ['display_name'],
    });
    assert.equal(app.display_name, 'Newer');
    return app;
  },

  'events.delete': async (scene) => scene.service.events.delete({ event_id: await scene.eventId() }),
  'events.get': async (scene) => scene.service.events.get({ event_id: await scene.eventId() }),
  'events.list': async (scene) => {
    const { conversation_id } = await scene.service.events.get({ event_id: await scene.eventId() });
    return listed(scene.service.events.list({ conversation_id }));
  },
  'events.send': (scene) => scene.sendEvent('send', { composing_event: {} }),
  'events.sendComposingEvent': (scene) => scene.sendEvent('sendComposingEvent', { composing_event: {} }),
  'events.sendComposingEndEvent': (scene) => scene.sendEvent('sendComposingEndEvent', { composing_end_event: {} }),
  'events.sendCommentReplyEvent': (scene) =>
    scene.sendEvent('sendCommentReplyEvent', { comment_reply_event: { text: 'Thanks' } }),
  'events.sendAgentJoinedEvent': (scene) =>
    scene.sendEvent('sendAgentJoinedEvent', { agent_joined_event: { agent: { display_name: 'Bo', type: 'BOT' } } }),
  'events.sendAgentLeftEvent': (scene) =>
    scene.sendEvent('sendAgentLeftEvent', { agent_left_event: { agent: { display_name: 'Bo', type: 'BOT' } } }),
  'events.sendGenericEvent': (scene) => scene.sendEvent('sendGenericEvent', { generic_event: { payload: { a: 1 } } }),

  'messages.delete': async (scene) => scene.service.messages.delete({ message_id: await scene.messageId() }),
  'messages.get': async (scene) => {
    const message = await scene.service.messages.get({ message_id: await scene.messageId() });
    assert.ok(message.accept_time instanceof Date);
    return message;
  },
  'messages.list': async (scene) => {
    for (let count = 0; count < 5; count += 1) await scene.messageId();
    return walked(scene.service.messages.list({ app_id: scene.appId, direction: 'TO_CONTACT', page_size: 2 }), 5);
  },
  'messages.listLastMessagesByChannelIdentity': async (scene) => {
    await scene.messageId();
    const body = { app_id: scene.appId, channel_identities: [RCS.identity] };
    return listed(
      scene.service.messages.listLastMessagesByChannelIdentity({ listLastMessagesByChannelIdentityRequestBody: body }),
    );
  },
  'messages.send': (scene) => scene.send('send', TEXT),
  'messages.sendCardMessage': (scene) => scene.send('sendCardMessage', { card_message: CARD }),
  'messages.sendCarouselMessage': (scene) =>
    scene.send('sendCarouselMessage', { carousel_message: { cards: [CARD, CARD] } }),
  'messages.sendChoiceMessage': (scene) =>
    scene.send('sendChoiceMessage', { choice_message: { text_message: { text: 'Well?' }, choices: CHOICES } }),
  'messages.sendContactInfoMessage': (scene) =>
    scene.send('sendContactInfoMessage', {
      contact_info_message: { name: { full_name: 'Ann' }, phone_numbers: [{ phone_number: '+46700000009' }] },
    }),
  'messages.sendListMessage': (scene) =>
    scene.send('sendListMessage', {
      list_message: { title: 'List', sections: [{ title: 'One', items: [{ choice: { title: 'Item' } }] }] },
    }),
  'messages.sendLocationMessage': (scene) =>
    scene.send('sendLocationMessage', {
      location_message: { title: 'Here', coordinates: { latitude: 55.6, longitude: 13.0 } },
    }),
  'messages.sendMediaMessage': (scene) => scene.send('sendMediaMessage', { media_message: MEDIA }),
  'messages.sendTemplateMessage': (scene) =>
    scene.send('sendTemplateMessage', {
      template_message: { channel_template: { RCS: { template_id: 't', version: '1', parameters: { name: 'Ann' } } } },
    }),
  'messages.sendTextMessage': (scene) => scene.send('sendTextMessage', TEXT),
  'messages.update': async (scene) => {
    const message = await scene.service.messages.update({
      message_id: await scene.messageId(), updateMessageRequestBody: { metadata: 'new' },
    });
    assert.equal(message.metadata, 'new');
    return message;
  },

  'transcoding.transcodeMessage': async ({ service, appId }) => {
    const channels = ['SMS', 'WHATSAPP', 'RCS', 'MESSENGER'];
    const { transcoded_message } = await service.transcoding.transcodeMessage({
      transcodeMessageRequestBody: { app_id: appId, app_message: TEXT, channels },
    });
    assert.deepEqual(Object.keys(transcoded_message), channels);
    return transcoded_message;
  },
  'capability.lookup': ({ service, appId }) =>
    service.capability.lookup({ lookupCapabilityRequestBody: { app_id: appId, recipient: RECIPIENT } }),

  'conversation.create': (scene) => scene.conversation(),
  'conversation.delete': async (scene) =>
    scene.service.conversation.delete({ conversation_id: (await scene.conversation()).id }),
  'conversation.get': async (scene) => scene.service.conversation.get({ conversation_id: (await scene.conversation()).id }),
  'conversation.injectEvent': async (scene) => {
    const { id, common } = await scene.injected();
    return scene.service.conversation.injectEvent({
      conversation_id: id, injectConversationEventRequestBody: { ...common, app_event: { composing_event: {} } },
    });
  },
  'conversation.injectMessage': async (scene) => {
    const { id, common } = await scene.injected();
    return scene.service.conversation.injectMessage({
      conversation_id: id, injectMessageRequestBody: { ...common, contact_message: TEXT, direction: 'TO_APP' },
    });
  },
  'conversation.list': async (scene) => {
    for (let count = 0; count < 3; count += 1) await scene.conversation();
    return walked(scene.service.conversation.list({ app_id: scene.appId, page_size: 2 }), 3);
  },
  'conversation.listRecent': async (scene) => {
    await scene.messageId();
    return listed(scene.service.conversation.listRecent({ app_id: scene.appId, order: 'ASC' }));
  },
  'conversation.stopActive': async (scene) =>
    scene.service.conversation.stopActive({ conversation_id: (await scene.conversation()).id }),
  'conversation.update': async (scene) => {
    const conversation = await scene.service.conversation.update({
      conversation_id: (await scene.conversation()).id,
      updateConversationRequestBody: { metadata_json: { a: 1 } },
      update_mask: ['metadata_json'],
      metadata_update_strategy: 'MERGE_PATCH',
    });
    assert.deepEqual(conversation.metadata_json, { a: 1 });
    return conversation;
  },

  'projectSettings.create': (scene) => scene.settings(),
  'projectSettings.delete': async (scene) => {
    await scene.settings();
    return scene.service.projectSettings.delete({});
  },
  'projectSettings.get': async (scene) => {
    await scene.settings();
    return scene.service.projectSettings.get({});
  },
  'projectSettings.update': async (scene) => {
    await scene.settings();
    const contact_settings = { unified_contact_id_enabled: true };
    return scene.service.projectSettings.update({ updateProjectSettingsRequestBody: { contact_settings } });
  },

  'webhooks.create': (scene) => scene.webhook(),
  'webhooks.delete': async (scene) => scene.service.webhooks.delete({ webhook_id: (await scene.webhook()).id }),
  'webhooks.get': async (scene) => scene.service.webhooks.get({ webhook_id: (await scene.webhook()).id }),
  'webhooks.list': async (scene) => {
    await scene.webhook('https://hooks.example/a');
    await scene.webhook('https://hooks.example/b');
    const { webhooks } = await scene.service.webhooks.list({ app_id: scene.appId });
    assert.equal(webhooks.length, 2);
    return webhooks;
  },
  'webhooks.update': async (scene) => {
    const webhook = await scene.service.webhooks.update({
      webhook_id: (await scene.webhook()).id,
      webhookUpdateRequestBody: { target: 'https://hooks.example/c', triggers: ['OPT_OUT', 'CAPABILITY'] },
      update_mask: ['target', 'triggers'],
    });
    assert.deepEqual([webhook.target, webhook.triggers], ['https://hooks.example/c', ['OPT_OUT', 'CAPABILITY']]);
    return webhook;
  },

  'consents.listIdentities': async ({ service, appId }) => {
    const page = await service.consents.listIdentities({ app_id: appId, list_type: 'OPT_OUT_ALL' });
    assert.deepEqual(page.data, []);
    return page.data;
  },
  'consents.listAuditRecords': ({ service, appId }) =>
    service.consents.listAuditRecords({ app_id: appId, identity: '46700000001' }),

  'templatesV1.create': gone((api) => api.create({ createTemplateRequestBody: TEMPLATE })),
  'templatesV1.delete': gone((api) => api.delete({ template_id: 't' })),
  'templatesV1.get': gone((api) => api.get({ template_id: 't' })),
  'templatesV1.list': gone((api) => api.list({})),
  'templatesV1.update': gone((api) => api.update({ template_id: 't', updateTemplateRequestBody: TEMPLATE })),

  'templatesV2.create': (scene) => scene.template(),
  'templatesV2.delete': async (scene) => scene.service.templatesV2.delete({ template_id: (await scene.template()).id }),
  'templatesV2.get': async (scene) => {
    const template = await scene.service.templatesV2.get({ template_id: (await scene.template()).id });
    assert.ok(template.create_time instanceof Date);
    return template;
  },
  'templatesV2.list': async (scene) => {
    await scene.template();
    const { templates } = await scene.service.templatesV2.list({});
    assert.equal(templates.length, 1);
    return templates;
  },
  'templatesV2.listTranslations': async (scene) => {
    const { translations } = await scene.service.templatesV2.listTranslations({
      template_id: (await scene.template()).id, language_code: 'en-US', translation_version: 'latest',
    });
    assert.equal(translations.length, 1);
    return translations;
  },
  'templatesV2.update': async (scene) => {
    const { id, version } = await scene.template();
    const template = await scene.service.templatesV2.update({
      template_id: id, updateTemplateRequestBody: { ...TEMPLATE, version },
    });
    assert.equal(template.version, version + 1);
    return template;
  },
};
