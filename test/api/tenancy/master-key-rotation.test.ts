import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Rewrapped, rewrapDataKeys } from '../../../src/features/tenancy/index.js';
import { decrypt, encrypt, unwrapDataKey } from '../../../src/platform/secrets/envelope.js';
import { generateMasterKey, MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { databaseUrls } from '../../../src/start/databases.js';
import { anOperator, asOwner } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const [oldText, newText] = [generateMasterKey(), generateMasterKey()];
const old = MasterKeys.parse(oldText);
const both = MasterKeys.parse(`${newText},${oldText}`);
const fresh = MasterKeys.parse(newText);

let world: World;
beforeAll(async () => {
  world = await startWorld(undefined, old);
});
afterAll(() => world.close());

async function dataKeyOf(operatorId: string): Promise<string> {
  const [row] = await asOwner<{ data_key: string }>(world, 'select data_key from operators where id = $1', [
    operatorId,
  ]);
  return row?.data_key ?? '';
}

describe('a new master key', () => {
  it("takes over every operator's data key, and no secret has to be written anew", async () => {
    const operators = [await anOperator(world), await anOperator(world), await anOperator(world)];
    const sealed = await Promise.all(
      operators.map(async ({ uuid: operatorId }) => {
        const place = { operatorId, table: 't', column: 'c', rowId: operatorId };
        return { place, text: encrypt(unwrapDataKey(old, operatorId, await dataKeyOf(operatorId)), 'secret', place) };
      }),
    );

    const { units, system } = world;
    const told: Rewrapped[] = [];
    const once = await rewrapDataKeys({ units, system, masterKeys: both }, (soFar) => told.push(soFar));
    expect(once).toEqual({ seen: 3, changed: 3 });
    expect(told).toEqual([once]);
    for (const { place, text } of sealed) {
      const wrapped = await dataKeyOf(place.operatorId);
      expect(() => unwrapDataKey(old, place.operatorId, wrapped)).toThrow('not configured');
      expect(decrypt(unwrapDataKey(fresh, place.operatorId, wrapped), text, place)).toBe('secret');
    }

    const again = await rewrapDataKeys({ units, system, masterKeys: both }, () => undefined);
    expect(again).toEqual({ seen: 3, changed: 0 });
  });

  it('put in front changes no password of the roles that running processes connect as', () => {
    const owner = 'postgres://owner:secret@db.example/quittance';
    const config = { kind: 'external', ownerUrl: owner, appUrl: null, systemUrl: null } as const;
    expect(databaseUrls(config, null, both)).toEqual(databaseUrls(config, null, old));
    expect(databaseUrls(config, null, fresh)).not.toEqual(databaseUrls(config, null, old));
  });
});
