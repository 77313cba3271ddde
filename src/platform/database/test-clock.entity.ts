import { Check, Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { systemReads } from './roles.js';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

/** How far an operator's time may be ahead in all: ten years, and days enough for the leap years among them. */
export const AHEAD_MAX_MS = 3_653 * 24 * 3_600_000;

/**
 * How far the time of an operator that only tests is ahead of the real one. No
 * row: not at all. A live operator has none; triggers see to that.
 */
@Entity({ tableName: 'test_clocks', rowLevelSecurity: 'force', policies: [systemReads('test_clocks')] })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Check({ name: 'test_clocks_ahead_ms_check', expression: `ahead_ms > 0 and ahead_ms <= ${AHEAD_MAX_MS}` })
export class TestClock {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @Property({ type: 'bigint' })
  aheadMs!: bigint;

  /** The latest moves, oldest first, as `ClockMove`s: what tells when something really was. */
  @Property({ type: 'jsonb' })
  moves!: Record<string, number>[];

  /** By the real clock. */
  @Property({ type: 'timestamptz' })
  movedAt!: Date;
}
