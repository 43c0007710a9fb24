// ui_kinds.js - what a phone may be doing: on its way in one of the stages, or in another state.
// Each kind has a name and a colour; a phone's four bytes say which kind it is.

// The numbers of enum board_state.
export const WAITING = 0, WALKING = 1, STAYING = 2, FINISHED = 3, FAILED = 4, OFF = 5, SIGNED_OUT = 6;

const BEHIND = [
	{ state: STAYING, name: 'staying', colour: '--staying' },
	{ state: FINISHED, name: 'finished', colour: '--finished' },
	{ state: FAILED, name: 'failed', colour: '--failed' },
	{ state: OFF, name: 'off', colour: '--off' },
	{ state: SIGNED_OUT, name: 'signed out', colour: '--out' },
];
const RAMP = 10; // --s0 to --s9

// The stages of the road, in the order in which a phone first comes to them.
function stagesOf(rows) {
	return [...new Set(rows.filter(row => !row.chore).map(row => row.stage))];
}

export class Kinds {
	constructor(run) {
		const stages = stagesOf(run.rows);
		const last = Math.max(1, stages.length - 1);
		this.list = [{ name: 'waiting', colour: '--waiting' }];
		for (const [i, name] of stages.entries())
			this.list.push({ name, colour: '--s' + Math.round(i * (RAMP - 1) / last), stage: true });
		this.ofState = new Uint8Array(256);
		for (const kind of BEHIND) {
			this.ofState[kind.state] = this.list.length;
			this.list.push(kind);
		}
		this.ofRow = Uint8Array.from(run.rows, row => 1 + Math.max(0, stages.indexOf(row.stage)));
		this.failed = this.ofState[FAILED];
	}

	// The kind of a phone in this state at this row.
	of(state, row) {
		return state === WALKING ? this.ofRow[row] || 1 : this.ofState[state];
	}

	// Custom properties are not computed: what they come to is asked of an element.
	colours() {
		const probe = document.body.appendChild(document.createElement('i'));
		const ask = name => {
			probe.style.color = 'var(' + name + ')';
			return getComputedStyle(probe).color;
		};
		const all = this.list.map(kind => ask(kind.colour));
		const more = { page: ask('--page'), ink: ask('--ink'), rule: ask('--rule'), mark: ask('--mark') };
		probe.remove();
		return { kind: all, ...more };
	}
}
