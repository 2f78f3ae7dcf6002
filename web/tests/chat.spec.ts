// A model that answers over the whole way: page, door for models, service, replica in a container. The model is a shell
// script, which has no thoughts but says them in pieces, as models do.
import { api, expect, look, test } from './ground/test';

const ANSWER = `
read -r method path rest
length=0
while read -r line; do
  line=$(printf '%s' "$line" | tr -d '\\r')
  [ -z "$line" ] && break
  case "$line" in [Cc]ontent-[Ll]ength:*) length=\${line#*: };; esac
done
[ "$length" -gt 0 ] && head -c "$length" >/dev/null
case "$path" in
  */chat/completions)
    printf 'HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nConnection: close\\r\\n\\r\\n'
    for word in 'Forty' '-two, ' '<img src=x onerror=alert(1)> ' 'of course.'; do
      printf 'data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}\\n\\n' "$word"
      sleep 0.2
    done
    printf 'data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\\n\\n'
    printf 'data: {"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":6,"total_tokens":13}}\\n\\n'
    printf 'data: [DONE]\\n\\n' ;;
  *) printf 'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{}' ;;
esac
`;

test('A model is asked, and its answer comes in pieces and is text', async ({ console: page, network }) => {
  test.setTimeout(120_000);
  // One of this network ends whatever it is given at once; asked for a replica it would be asked again and again.
  const cheat = network.providers.find(each => each.name === 'gamma')!.address;
  await api(network, 'POST', 'services', {
    providers: { denied: [cheat] },
    name: 'parrot', image: network.image, openai: true, port: 8080, replicas: { min: 1, max: 1 }, price_per_hour_max: '10000000',
    resources: { cpu_millis: 500, memory_mib: 64, disk_mib: 16 }, life_seconds: 600,
    command: ['sh', '-c', 'printf "%s" "$1" > /tmp/answer; exec nc -ll -p 8080 -e sh /tmp/answer', 'sh', ANSWER],
  });
  try {
    await expect(async () => {
      const service = await api<{ running: readonly { state: string }[]; last_fault?: string }>(network, 'GET', 'services/parrot');
      expect(service.running.map(each => each.state), service.last_fault ?? '').toContain('ready');
    }).toPass({ timeout: 60_000 });
    await page.goto(`${network.url}/chat`);
    await expect(page.getByLabel('Model')).toHaveValue('parrot', { timeout: 30_000 });
    await page.getByLabel('Your question').fill('What is the answer?');
    await page.keyboard.press('Enter');
    const said = page.locator('.said.assistant .text');
    await expect(said).toContainText('Forty');
    await expect(said).toHaveText('Forty-two, <img src=x onerror=alert(1)> of course.');
    await expect(page.getByText('7 + 6 tokens')).toBeVisible();
    await look(page, 'chat-answered');
  } finally {
    await fetch(`${network.url}/v1/services/parrot`, { method: 'DELETE', headers: { Authorization: `Bearer ${network.key}` } });
  }
});
