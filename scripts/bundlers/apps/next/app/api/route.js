import { ask } from '../ask.js';

export async function GET(request) {
  const url = new URL(request.url).searchParams.get('url');
  return Response.json({ text: await ask(url, 'asked by the route') });
}
