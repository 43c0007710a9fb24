/* report_head.js - what came of it: the verdict in a sentence, the figures, the expectations. */
const head = {};

head.VERDICTS = {
	pass: ['✓', 'Pass', 'what was expected of this run holds'],
	fail: ['✗', 'Fail', 'not all that was expected of this run holds'],
	invalid: ['!', 'Invalid',
		'the farm itself was the bottleneck: this run says nothing about the pool'],
	interrupted: ['–', 'Interrupted', 'the run was stopped before its end'],
};

head.pool = (run) => {
	if (run.load) return 'rehearsed in a simulated world';
	return run.summary.pool === 'embedded' ? 'embedded pool' : 'pool ' + run.summary.pool;
};

head.top = (run) => {
	const s = run.summary;
	document.getElementById('title').textContent = s.title || s.scenario;
	document.getElementById('facts').append(
		[text.many(s.phones.planned, 'phone'), head.pool(run),
			text.s(s.wall_s) + (run.load ? ' of virtual time' : ''),
			'seed ' + s.seed, ''].join(' · '), dom.code(s.scenario));
};

/* "4,987 of 5,000 phones finished, 13 failed ..." */
head.sentence = (s) => {
	const p = s.phones;
	const parts = [];
	if (p.failed) parts.push(text.count(p.failed) + ' failed');
	if (p.unfinished) parts.push(text.count(p.unfinished) + ' had not finished when it ended');
	if (p.started < p.planned) parts.push(text.count(p.planned - p.started) + ' never started');
	const share = p.finished === p.planned ? 'All ' : text.count(p.finished) + ' of ';
	return share + text.many(p.planned, 'phone') + ' finished' +
		(parts.length ? '; ' + text.list(parts) : '') + '.';
};

head.ready = (boot) => (boot.p50 == null ? ''
	: ' Half of those that got to the end of their way were there within ' + text.ms(boot.p50) +
		' of power-on, the last within ' + text.ms(boot.max) + '.');

head.figure = (name, value, show, note, cls) => dom.el('div', { class: 'figure ' + (cls || '') },
	dom.el('dt', {}, name),
	dom.el('dd', { 'data-v': value == null ? null : value, 'data-name': name }, show(value),
		dom.el('small', {}, note)));

head.figures = (s) => {
	const p = s.phones;
	const boot = s.boot_ms.from_intended_start;
	const retries = d3.sum(s.steps, (step) => step.retries);
	const image = s.bytes.firmware;
	const share = (n) => text.share(n, p.planned) + ' of ' + text.count(p.planned);
	return dom.el('dl', { class: 'figures' },
		head.figure('Finished', p.finished, text.count, share(p.finished)),
		head.figure('Failed', p.failed, text.count, share(p.failed), p.failed ? 'bad' : ''),
		head.figure('Unfinished', p.unfinished, text.count, share(p.unfinished)),
		head.figure('Ready, median', boot.p50, text.ms, 'from power-on'),
		head.figure('Ready, p99', boot.p99, text.ms, 'slowest ' + text.ms(boot.max)),
		head.figure('Retries', retries, text.count, 'tries made again'),
		image > 0 && head.figure('Firmware', image, text.bytes, 'downloaded'));
};

/* Why it is not a pass, each reason once. */
head.whys = (s) => [...new Set([s.why, s.stopped, s.farm.limit])]
	.filter((why) => why && (why === s.why || !s.why || !s.why.includes(why)))
	.map((why) => dom.p('why', why));

head.verdict = (run) => {
	const s = run.summary;
	const [sign, word, means] = head.VERDICTS[s.verdict] || ['?', s.verdict, ''];
	dom.section('verdict', 'Verdict',
		dom.el('div', { class: 'verdict ' + s.verdict },
			dom.el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
			dom.el('div', {},
				dom.p('word', dom.el('b', { id: 'verdict-word', 'data-v': s.verdict }, word),
					' – ', means, '.'),
				head.whys(s))),
		dom.p('lead', head.sentence(s), head.ready(s.boot_ms.from_intended_start)),
		head.figures(s));
};

head.held = (e) => dom.el('span', { class: e.pass ? 'yes' : 'no' }, e.pass ? '✓ yes' : '✗ no');

head.expect = (run) => {
	const list = run.summary.expect;
	const held = list.filter((e) => e.pass).length;
	const all = held === list.length ? 'all of it holds' : held + ' of ' + list.length + ' hold';
	if (!list.length) {
		dom.section('expect', 'Expectations', dom.p('', 'The scenario says nothing of its own; ',
			'so every phone had to finish, and none to fail.'));
		return;
	}
	dom.section('expect', 'Expectations',
		dom.aid('What the scenario demands, beside what was measured: ' + all + '.'),
		dom.table('Expectations of the scenario', [
			dom.names('Expected', (e) => e.text),
			{ name: 'Measured', get: (e) => e.value },
			{ name: 'Held', get: (e) => (e.pass ? 'yes' : 'no'), show: head.held },
		], list, { cls: 'fit', row: (e) => ({ class: e.pass ? null : 'bad' }) }));
};

/* Each population on a line. */
head.groups = (run) => {
	const groups = Object.entries(run.summary.groups || {});
	const n = (key) => dom.n(key[0].toUpperCase() + key.slice(1), ([, g]) => g[key]);
	const ready = (key) => dom.n('Ready ' + key, ([, g]) => g.boot_ms[key], text.ms);
	if (!groups.length) return;
	dom.section('groups', 'Groups',
		dom.aid('The populations of the scenario beside each other; ',
			'“ready” counts from each phone’s intended power-on.'),
		dom.table('Groups of phones', [
			{ name: 'Group', get: ([name]) => name },
			...['planned', 'started', 'finished', 'failed', 'unfinished'].map(n),
			...['p50', 'p95', 'p99', 'max'].map(ready),
		], groups, { sorts: true }));
};
