import { Entity, Enum, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

export const OPERATOR_STATUSES = ['ACTIVE', 'SUSPENDED'] as const;
export type OperatorStatus = (typeof OPERATOR_STATUSES)[number];

/** The tenant itself: the one table whose key is the operator's id alone. */
@Entity({ tableName: 'operators', rowLevelSecurity: 'force', policies: [systemReads('operators')] })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ id: operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class Operator {
  @PrimaryKey({ type: 'uuid' })
  id: string;

  @Property({ type: 'text' })
  name: string;

  @Enum(oneOf(OPERATOR_STATUSES))
  status: OperatorStatus = 'ACTIVE';

  /** IANA name; the zone in which the operator's days and months end. */
  @Property({ type: 'text' })
  timeZone: string;

  /** The operator's data key, wrapped by a master key: every secret of the operator is encrypted with it. */
  @Property({ type: 'text', hidden: true })
  dataKey: string;

  @Property({ type: 'timestamptz' })
  createdAt: Date;

  constructor(id: string, name: string, timeZone: string, dataKey: string, now: Date) {
    this.id = id;
    this.name = name;
    this.timeZone = timeZone;
    this.dataKey = dataKey;
    this.createdAt = now;
  }

  /** Says whether this changed anything: what is suspended stays so. */
  suspend(): boolean {
    return this.become('SUSPENDED');
  }

  resume(): boolean {
    return this.become('ACTIVE');
  }

  private become(status: OperatorStatus): boolean {
    if (this.status === status) return false;
    this.status = status;
    return true;
  }
}
