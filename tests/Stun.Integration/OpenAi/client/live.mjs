// What a program does that uses the official client: node live.mjs, with STUN_NODE and STUN_API_KEY.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ baseURL: `${process.env.STUN_NODE}v1`, apiKey: process.env.STUN_API_KEY, maxRetries: 0 });
const messages = [{ role: 'user', content: 'Grüezi' }];
const tools = [{
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}];
const gather = async stream => { const all = []; for await (const each of stream) all.push(each); return all; };
const refused = async (type, status, code, asked) => {
  const error = await asked.then(() => assert.fail('it was not refused'), thrown => thrown);
  assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.status, status);
  assert.equal(error.code, code);
  assert.ok(error.message.length > 20);
};

const checks = {
  async models() {
    const list = await gather(client.models.list());
    assert.ok(list.some(model => model.id === 'acme/llama-8b'));
    assert.equal((await client.models.retrieve('acme/llama-8b')).owned_by, 'p0');
    await refused(OpenAI.NotFoundError, 404, 'model_not_found', client.models.retrieve('none'));
  },
  async chat() {
    const { data, response } = await client.chat.completions.create({ model: 'acme/llama-8b', messages }).withResponse();
    assert.equal(data.choices[0].message.content, 'You said: Grüezi');
    assert.equal(data.usage.total_tokens, 30);
    assert.equal(response.headers.get('stun-provider'), 'p0');
    assert.equal(response.headers.get('stun-price'), '57');
    assert.ok(data._request_id);
  },
  async stream() {
    const all = await gather(await client.chat.completions.create({ model: 'plain', messages, stream: true }));
    assert.equal(all.map(each => each.choices[0].delta.content ?? '').join(''), 'Grüezi mitenand');
    assert.ok(all.every(each => each.choices.length === 1 && !each.usage));
    assert.equal(all.at(-1).choices[0].finish_reason, 'stop');
  },
  async usage() {
    const all = await gather(await client.chat.completions.create(
      { model: 'plain', messages, stream: true, stream_options: { include_usage: true } }));
    assert.deepEqual(all.at(-1).choices, []);
    assert.equal(all.at(-1).usage.total_tokens, 30);
  },
  async tools() {
    const plain = await client.chat.completions.create({ model: 'plain', messages, tools });
    assert.equal(plain.choices[0].message.tool_calls[0].function.name, 'weather');
    const runner = client.chat.completions.stream({ model: 'plain', messages, tools });
    const final = await runner.finalChatCompletion();
    assert.deepEqual(JSON.parse(final.choices[0].message.tool_calls[0].function.arguments), { city: 'Bern' });
  },
  async format() {
    const answer = await client.chat.completions.create({
      model: 'plain', messages,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    });
    assert.equal(JSON.parse(answer.choices[0].message.content).answer, 42);
  },
  async text() {
    assert.equal((await client.completions.create({ model: 'plain', prompt: 'on' })).choices[0].text, 'done');
  },
  async vectors() {
    const answer = await client.embeddings.create({ model: 'plain', input: ['a', 'b'] });
    assert.deepEqual(answer.data.map(each => [...each.embedding]), [[0.5, 0], [0.5, 1]]);
  },
  async responses() {
    const answer = await client.responses.create({ model: 'plain', instructions: 'Be short.', input: 'Grüezi' });
    assert.equal(answer.output_text, 'You said: Grüezi');
    assert.equal(answer.status, 'completed');
    assert.equal(answer.usage.total_tokens, 30);
    const events = await gather(await client.responses.create({ model: 'plain', input: 'Grüezi', stream: true }));
    assert.deepEqual(events.map(each => each.sequence_number), events.map((_, at) => at));
    assert.equal(events[0].type, 'response.created');
    assert.equal(events.at(-1).type, 'response.completed');
    assert.equal(events.at(-1).response.usage.total_tokens, 30);
    const final = await client.responses.stream({ model: 'plain', input: 'Grüezi' }).finalResponse();
    assert.equal(final.output_text, 'Grüezi mitenand');
  },
  async calls() {
    const given = [{ type: 'function', name: 'weather', strict: false, parameters: { type: 'object' } }];
    const answer = await client.responses.create({ model: 'plain', input: 'Weather?', tools: given });
    const call = answer.output.find(each => each.type === 'function_call');
    assert.deepEqual([call.name, JSON.parse(call.arguments)], ['weather', { city: 'Bern' }]);
    const next = await client.responses.create({
      model: 'plain',
      input: [{ role: 'user', content: 'Weather?' }, call,
        { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    assert.equal(next.output_text, 'You said: sunny');
    const final = await client.responses.stream({ model: 'plain', input: 'x', tools: given }).finalResponse();
    assert.equal(final.output[0].arguments, '{"city":"Bern"}');
    await refused(OpenAI.BadRequestError, 400, 'request.invalid',
      client.responses.create({ model: 'plain', input: 'x', previous_response_id: 'resp_1' }));
    await refused(OpenAI.BadRequestError, 400, 'request.invalid',
      client.responses.create({ model: 'plain', input: 'x', tools: [{ type: 'web_search' }] }));
  },
  async errors() {
    const ask = (model, more) => client.chat.completions.create({ model, messages, ...more });
    await refused(OpenAI.NotFoundError, 404, 'model_not_found', ask('none'));
    await refused(OpenAI.BadRequestError, 400, 'context_length_exceeded', ask('refuses'));
    await refused(OpenAI.BadRequestError, 400, 'request.invalid', ask('plain', { stream: 'yes' }));
    await refused(OpenAI.RateLimitError, 429, 'model.throttled', ask('status-429'));
    await refused(OpenAI.InternalServerError, 503, 'model.busy', ask('status-503'));
    await refused(OpenAI.InternalServerError, 502, 'model.refused', ask('status-401'));
    await refused(OpenAI.InternalServerError, 502, 'model.broken', ask('empty'));
    await refused(OpenAI.InternalServerError, 504, 'model.silent', ask('stall'));
    const stranger = new OpenAI({ baseURL: client.baseURL, apiKey: 'sk-none-of-this-node', maxRetries: 0 });
    await refused(OpenAI.AuthenticationError, 401, 'auth.refused', stranger.models.list());
  },
  async breaks() {
    for (const model of ['break', 'gone', 'silent']) {
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      let text = '';
      const read = async () => { for await (const each of stream) text += each.choices[0].delta.content ?? ''; };
      await assert.rejects(read, OpenAI.APIError);
      assert.equal(text, 'Grüezi mit');
      await assert.rejects(async () => gather(await client.responses.create({ model, input: 'x', stream: true })),
        OpenAI.APIError);
    }
  },
  async batches() {
    const lines = ['a', 'b', 'c'].map((id, at) => JSON.stringify({
      custom_id: id, method: 'POST', url: '/v1/chat/completions',
      body: { model: at === 1 ? 'refuses' : 'plain', messages },
    }));
    const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'), purpose: 'batch' });
    assert.equal(file.filename, 'in.jsonl');
    assert.ok((await gather(client.files.list())).some(each => each.id === file.id));
    let batch = await client.batches.create(
      { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
    for (let tries = 0; batch.status !== 'completed' && tries < 300; tries++) {
      await new Promise(done => setTimeout(done, 50));
      batch = await client.batches.retrieve(batch.id);
    }
    assert.deepEqual(batch.request_counts, { total: 3, completed: 2, failed: 1 });
    const read = async id => (await (await client.files.content(id)).text()).trim().split('\n').map(line => JSON.parse(line));
    const output = await read(batch.output_file_id);
    assert.deepEqual(output.map(each => each.custom_id), ['a', 'c']);
    assert.equal(output[0].response.body.choices[0].message.content, 'You said: Grüezi');
    const errors = await read(batch.error_file_id);
    assert.deepEqual(errors.map(each => [each.custom_id, each.response.status_code]), [['b', 400]]);
    assert.ok((await gather(client.batches.list())).some(each => each.id === batch.id));
    assert.equal((await client.files.delete(file.id)).deleted, true);
    await refused(OpenAI.NotFoundError, 404, 'file.unknown', client.files.retrieve(file.id));
  },
};

const wanted = process.argv.slice(2);
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await check();
  console.log(`ok ${name}`);
}
