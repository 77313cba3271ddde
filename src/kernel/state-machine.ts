import { DomainError } from './errors.js';

/** For each state, the events it accepts and the state each one leads to. */
export type TransitionTable<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** Pure: where `event` leads from `state`, or a refusal. */
export function nextState<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  state: State,
  event: Event,
): State {
  const next = table[state][event];
  if (next !== undefined) return next;
  throw new DomainError('ILLEGAL_TRANSITION', `cannot ${event} while ${state}`);
}

/** Whether nothing leads out of `state`. */
export function isTerminal<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  state: State,
): boolean {
  return Object.keys(table[state]).length === 0;
}

/** The table as a Mermaid diagram; ARCHITECTURE.md shows it and a test compares. */
export function diagramOf<State extends string, Event extends string>(table: TransitionTable<State, Event>): string {
  const arrows = Object.entries(table as Record<string, Record<string, string>>).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `  ${from} --> ${to}: ${event}`),
  );
  return ['stateDiagram-v2', ...arrows].join('\n');
}
