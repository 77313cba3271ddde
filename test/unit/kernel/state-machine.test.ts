import { diagramOf, isTerminal, nextState, type TransitionTable } from '../../../src/kernel/state-machine.js';

type Door = 'OPEN' | 'CLOSED' | 'BRICKED_UP';
type Push = 'close' | 'open' | 'brickUp';

const DOOR: TransitionTable<Door, Push> = {
  OPEN: { close: 'CLOSED' },
  CLOSED: { open: 'OPEN', brickUp: 'BRICKED_UP' },
  BRICKED_UP: {},
};

describe('a state machine', () => {
  it('goes where its table says', () => {
    expect(nextState(DOOR, 'OPEN', 'close')).toBe('CLOSED');
    expect(nextState(DOOR, 'CLOSED', 'brickUp')).toBe('BRICKED_UP');
  });

  it.each([
    ['OPEN', 'open'],
    ['OPEN', 'brickUp'],
    ['CLOSED', 'close'],
    ['BRICKED_UP', 'open'],
  ] as const)('refuses what %s does not take: %s', (state, event) => {
    expect(() => nextState(DOOR, state, event)).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_TRANSITION', message: `cannot ${event} while ${state}` }),
    );
  });

  it('is at its end where nothing leads out', () => {
    expect((Object.keys(DOOR) as Door[]).filter((state) => isTerminal(DOOR, state))).toEqual(['BRICKED_UP']);
  });

  it('draws itself', () => {
    expect(diagramOf(DOOR)).toMatchInlineSnapshot(`
"stateDiagram-v2
  OPEN --> CLOSED: close
  CLOSED --> OPEN: open
  CLOSED --> BRICKED_UP: brickUp"
`);
  });
});
