import { type Sql, statement } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { rewrapDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';

const OPERATORS_AFTER = statement('operators_after', 'select id from operators where id > $1 order by id limit 500');

const LOCK_DATA_KEY = statement(
  'operator_data_key_to_rewrap',
  'select data_key as "dataKey" from operators where id = $1 for update',
);

const SET_DATA_KEY = statement('operator_data_key_rewrapped', 'update operators set data_key = $2 where id = $1');

const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

export interface RewrapParts {
  readonly units: UnitsOfWork;
  /** The system role's, which sees who there is and no data key. */
  readonly system: Sql;
  readonly masterKeys: MasterKeys;
}

export interface Rewrapped {
  readonly seen: number;
  readonly changed: number;
}

/**
 * Brings every operator's data key under the current master key; secrets stay
 * as they are, and whoever reads one meanwhile finds it readable before and
 * after. Each operator is a transaction of its own, so this may be broken off
 * and begun again.
 */
export async function rewrapDataKeys(parts: RewrapParts, onProgress: (soFar: Rewrapped) => void): Promise<Rewrapped> {
  let soFar: Rewrapped = { seen: 0, changed: 0 };
  let after = BEFORE_ALL_IDS;
  for (;;) {
    const operators = await parts.system.query<{ id: string }>(OPERATORS_AFTER, [after]);
    for (const { id } of operators) {
      const changed = (await rewrapOf(parts, id)) ? 1 : 0;
      soFar = { seen: soFar.seen + 1, changed: soFar.changed + changed };
      after = id;
    }
    if (operators.length === 0) return soFar;
    onProgress(soFar);
  }
}

function rewrapOf({ units, masterKeys }: RewrapParts, operatorId: string): Promise<boolean> {
  return units.sql(operatorId, async (transaction) => {
    const [operator] = await transaction.query<{ dataKey: string }>(LOCK_DATA_KEY, [operatorId]);
    if (!operator) return false;
    const rewrapped = rewrapDataKey(masterKeys, operatorId, operator.dataKey);
    if (rewrapped === operator.dataKey) return false;
    await transaction.query(SET_DATA_KEY, [operatorId, rewrapped]);
    return true;
  });
}
