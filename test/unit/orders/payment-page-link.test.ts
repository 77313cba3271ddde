import { PaymentPageLinks } from '../../../src/features/orders/index.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { generateMasterKey, MasterKeys } from '../../../src/platform/secrets/master-keys.js';

const OLD = generateMasterKey();
const NEW = generateMasterKey();
const linksOf = (keys: string) => new PaymentPageLinks(MasterKeys.parse(keys), 'https://pay.example');
const links = linksOf(OLD);
const tokenOf = (link: string) => link.slice('https://pay.example/pay/'.length);

describe('a link to a payment page', () => {
  it('names its order, and proves that it was made here', () => {
    const orderId = newUuid();
    const link = links.make(orderId);
    expect(link).toMatch(/^https:\/\/pay\.example\/pay\/ord_[0-9a-z]{26}\.[A-Za-z0-9_-]{43}$/);
    expect(links.read(tokenOf(link))).toBe(orderId);
    expect(links.make(orderId)).toBe(link);
  });

  it('cannot be made up, changed or used for another order', () => {
    const token = tokenOf(links.make(newUuid()));
    const [id = '', proof = ''] = token.split('.');
    const other = publicId('order', newUuid());
    const flipped = `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`;
    const payer = publicId('payer', newUuid());
    for (const wrong of ['', id, `${id}.`, `${other}.${proof}`, `${id}.${flipped}`, `${payer}.${proof}`, `${token}x`]) {
      expect(links.read(wrong)).toBeNull();
    }
    expect(linksOf(NEW).read(token)).toBeNull();
  });

  it('outlives a new master key in front of the old one', () => {
    const orderId = newUuid();
    expect(linksOf(`${NEW},${OLD}`).read(tokenOf(links.make(orderId)))).toBe(orderId);
    expect(linksOf(NEW).read(tokenOf(linksOf(`${NEW},${OLD}`).make(orderId)))).toBe(orderId);
  });
});
