/**
 * Keeps a status page up to date: hears of changes over the API's WebSocket
 * and fetches the page anew with each. Where no socket can be had it looks by
 * itself, ever more rarely; the page says all there is without any of this.
 */
const PROTOCOL = 'graphql-transport-ws';
const DOCUMENT = 'subscription ($id: ID!) { orderStatusChanged(orderId: $id) { status } }';
const LOOK_AFTER_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
const LOOKS_MAX = 60;
const CONNECT_AGAIN_MS = 3_000;
const CONNECTIONS_MAX = 10;

/** What of the page tells how the order stands. */
const PARTS = ['state', 'money', 'onward'];

const live = document.getElementById('live');
if (live) watch(live.dataset);

function watch({ token, socket: path, order, url }) {
  let socket = null;
  let connections = 0;
  let looks = 0;
  let timer = 0;
  let over = false;
  let looking = false;
  let again = false;

  const finish = () => {
    over = true;
    clearTimeout(timer);
    socket?.close();
  };

  /** One at a time; what is heard of meanwhile is looked at afterwards. */
  const look = async () => {
    if (over) return;
    again = looking;
    if (looking) return;
    looking = true;
    try {
      if (await renewed(url)) finish();
    } catch {
      // The network is away; there is a next time.
    }
    looking = false;
    if (again) await look();
  };

  const lookLater = () => {
    if (over || looks >= LOOKS_MAX) return;
    const pause = LOOK_AFTER_MS[Math.min(looks, LOOK_AFTER_MS.length - 1)];
    looks += 1;
    timer = setTimeout(() => look().then(lookLater), pause);
  };

  const connect = () => {
    if (over || connections >= CONNECTIONS_MAX) return;
    connections += 1;
    const { protocol, host } = location;
    socket = new WebSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${path}`, PROTOCOL);
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(data);
      if (type === 'ping') send({ type: 'pong' });
      if (type === 'connection_ack') {
        send({ id: '1', type: 'subscribe', payload: { query: DOCUMENT, variables: { id: order } } });
      }
      // What changed before the subscription began is seen by looking once.
      if (type === 'connection_ack' || type === 'next') look();
    };
    socket.onclose = () => setTimeout(connect, CONNECT_AGAIN_MS);
  };

  connect();
  lookLater();
}

/** Puts the page's news in place; whether nothing more is expected. */
async function renewed(url) {
  const answer = await fetch(url, { headers: { accept: 'text/html' }, cache: 'no-store' });
  if (!answer.ok) return false;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [state, current] = [next.getElementById('state'), document.getElementById('state')];
  if (!state || !current) {
    location.reload();
    return true;
  }
  if (state.dataset.state !== current.dataset.state) {
    document.title = next.title;
    current.className = state.className;
    current.dataset.state = state.dataset.state;
    // The element itself stays: its being a status is what makes a screen reader speak.
    for (const id of PARTS) {
      document.getElementById(id)?.replaceChildren(...(next.getElementById(id)?.childNodes ?? []));
    }
  }
  return next.getElementById('live') === null;
}
