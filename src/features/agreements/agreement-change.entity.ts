import { Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { CHANGE_KINDS, type ChangeKind } from './domain/words.js';

/** One entry of an agreement's history: who changed what, and when. It is only ever added to. */
@Entity({ tableName: 'agreement_changes', rowLevelSecurity: 'force' })
@Index({ name: 'agreement_changes_by_agreement', properties: ['operatorId', 'agreementId', 'id'] })
export class AgreementChange extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  agreementId!: string;

  @Enum(oneOf(CHANGE_KINDS))
  kind!: ChangeKind;

  /** The API key by which it was asked for; null for what the platform or the payer's bank did. */
  @Property({ type: 'uuid', nullable: true })
  apiKeyId!: string | null;

  /** In words for a person, where before and after do not say it. */
  @Property({ type: 'text', nullable: true })
  note!: string | null;

  @Property({ type: 'jsonb', nullable: true })
  before!: Record<string, unknown> | null;

  @Property({ type: 'jsonb', nullable: true })
  after!: Record<string, unknown> | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
