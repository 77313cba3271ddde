import { PaymentPageLinks } from '../../../src/features/orders/index.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { generateMasterKey, MasterKeys } from '../../../src/platform/secrets/master-keys.js';

const OLD = generateMasterKey();
const NEW = generateMasterKey();
const linksOf = (keys: string) => new PaymentPageLinks(MasterKeys.parse(keys), 'https://pay.example');
const links = linksOf(OLD);
const anOrder = () => ({ operatorId: newUuid(), orderId: newUuid() });
const tokenOf = (link: string) => link.slice('https://pay.example/pay/'.length);

describe('a link to a payment page', () => {
  it('names its order, and proves that it was made here', () => {
    const order = anOrder();
    const link = links.make(order);
    expect(link).toMatch(/^https:\/\/pay\.example\/pay\/ord_[0-9a-z]{26}\.op_[0-9a-z]{26}\.[A-Za-z0-9_-]{43}$/);
    expect(links.read(tokenOf(link))).toEqual(order);
    expect(links.make(order)).toBe(link);
  });

  it('cannot be made up, changed or used for another order', () => {
    const token = tokenOf(links.make(anOrder()));
    const [id = '', operator = '', proof = ''] = token.split('.');
    const other = publicId('order', newUuid());
    const stranger = publicId('operator', newUuid());
    const flipped = `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`;
    const payer = publicId('payer', newUuid());
    const made = [
      [id],
      [id, operator],
      [id, operator, ''],
      [id, proof],
      [other, operator, proof],
      [id, stranger, proof],
      [id, operator, flipped],
      [payer, operator, proof],
      [id, operator, `${proof}x`],
    ];
    for (const wrong of ['', ...made.map((parts) => parts.join('.'))]) expect(links.read(wrong)).toBeNull();
    expect(linksOf(NEW).read(token)).toBeNull();
  });

  it('outlives a new master key in front of the old one', () => {
    const order = anOrder();
    expect(linksOf(`${NEW},${OLD}`).read(tokenOf(links.make(order)))).toEqual(order);
    expect(linksOf(NEW).read(tokenOf(linksOf(`${NEW},${OLD}`).make(order)))).toEqual(order);
  });
});
