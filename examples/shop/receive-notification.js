import { Webhook } from 'standardwebhooks';

const BODY_MAX = 100_000;

/**
 * What a notification says, once its signature has proved whose it is; null
 * for anything else. The same one may come more than once, with the same id.
 */
export async function receiveNotification(secret, request) {
  const body = await bodyOf(request);
  try {
    const event = new Webhook(secret).verify(body, request.headers);
    return { id: request.headers['webhook-id'], ...event };
  } catch {
    return null;
  }
}

/** As the bytes came: a body that was parsed and written anew has another signature. */
async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
