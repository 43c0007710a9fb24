/* report_head.js - what came of it: the verdict in a sentence, the figures, the expectations. */
const head = {};

head.VERDICTS = {
	pass: ['✓', 'Pass', 'what was expected of this run holds'],
	fail: ['✗', 'Fail', 'not all that was expected of this run holds'],
	invalid: ['!', 'Invalid', 'the farm itself was the bottleneck: this run says nothing about the pool'],
	interrupted: ['–', 'Interrupted', 'the run was stopped before its end'],
};

head.top = (run) => {
	const s = run.summary;
	const title = s.title || s.scenario;
	const rehearsed = run.load !== null;
	document.getElementById('title').textContent = title;
	document.getElementById('facts').append(
		text.many(s.phones.planned, 'phone'), ' · ',
		rehearsed ? 'rehearsed in a simulated world' : s.pool === 'embedded' ? 'embedded pool' : 'pool ' + s.pool,
		' · ', text.s(s.wall_s), rehearsed ? ' of virtual time' : '',
		' · seed ' + s.seed + ' · ', dom.code(s.scenario));
};

/* "4,987 of 5,000 phones finished, 13 failed ..." */
head.sentence = (s) => {
	const p = s.phones;
	const parts = [];
	if (p.failed) parts.push(text.count(p.failed) + ' failed');
	if (p.unfinished) parts.push(text.count(p.unfinished) + ' had not finished when it ended');
	if (p.started < p.planned) parts.push(text.count(p.planned - p.started) + ' never started');
	const all = p.finished === p.planned;
	const first = (all ? 'All ' : text.count(p.finished) + ' of ') + text.many(p.planned, 'phone') + ' finished';
	const boot = s.boot_ms.from_intended_start;
	const ready = boot.p50 == null ? '' : ' Half of those that got to the end of their way were there within ' +
		text.ms(boot.p50) + ' of power-on, the last within ' + text.ms(boot.max) + '.';
	return first + (parts.length ? '; ' + text.list(parts) : '') + '.' + ready;
};

head.figure = (name, value, shown, note, cls) => dom.el('div', { class: 'figure ' + (cls || '') },
	dom.el('dt', {}, name),
	dom.el('dd', { 'data-v': value == null ? null : value, 'data-name': name }, shown,
		dom.el('small', {}, note || '\u00a0')));

head.figures = (s) => {
	const p = s.phones;
	const boot = s.boot_ms.from_intended_start;
	const retries = s.steps.reduce((n, step) => n + step.retries, 0);
	const share = (n) => text.share(n, p.planned) + ' of ' + text.count(p.planned);
	const f = [
		head.figure('Finished', p.finished, text.count(p.finished), share(p.finished)),
		head.figure('Failed', p.failed, text.count(p.failed), share(p.failed), p.failed ? 'bad' : ''),
		head.figure('Unfinished', p.unfinished, text.count(p.unfinished), share(p.unfinished)),
		head.figure('Ready, median', boot.p50, text.ms(boot.p50), 'from power-on'),
		head.figure('Ready, p99', boot.p99, text.ms(boot.p99), 'slowest ' + text.ms(boot.max)),
		head.figure('Retries', retries, text.count(retries), 'tries made again'),
	];
	if (s.bytes.firmware) f.push(head.figure('Firmware', s.bytes.firmware, text.bytes(s.bytes.firmware), 'downloaded'));
	return dom.el('dl', { class: 'figures' }, f);
};

head.verdict = (run) => {
	const s = run.summary;
	const [sign, word, means] = head.VERDICTS[s.verdict] || ['?', s.verdict, ''];
	const farm = s.farm;
	const section = dom.section('verdict', 'Verdict',
		dom.el('div', { class: 'verdict ' + s.verdict },
			dom.el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
			dom.el('div', {},
				dom.p('word', dom.el('b', { id: 'verdict-word', 'data-v': s.verdict }, word), ' – ', means, '.'),
				s.why && dom.p('why', s.why),
				s.stopped && s.stopped !== s.why && dom.p('why', s.stopped),
				farm.limit && farm.limit !== s.why && dom.p('why', farm.limit))),
		dom.p('lead', head.sentence(s)),
		head.figures(s));
	return section;
};

head.expect = (run) => {
	const list = run.summary.expect;
	if (!list.length) {
		dom.section('expect', 'Expectations',
			dom.p('', 'The scenario says nothing of its own; so every phone had to finish, and none to fail.'));
		return;
	}
	const held = list.filter((e) => e.pass).length;
	dom.section('expect', 'Expectations',
		dom.aid('What the scenario demands, beside what was measured: ' +
			(held === list.length ? 'all of it holds' : held + ' of ' + list.length + ' hold') + '.'),
		dom.table('Expectations of the scenario', [
			{ name: 'Expected', get: (e) => e.text, show: (e) => dom.code(e.text) },
			{ name: 'Measured', get: (e) => e.value, number: false },
			{
				name: 'Held',
				get: (e) => (e.pass ? 'yes' : 'no'),
				show: (e) => dom.el('span', { class: e.pass ? 'yes' : 'no' }, e.pass ? '✓ yes' : '✗ no'),
			},
		], list, { cls: 'fit', row: (e) => ({ class: e.pass ? null : 'bad' }) }));
};

/* Each population on a line. */
head.groups = (run) => {
	const groups = Object.entries(run.summary.groups || {});
	if (!groups.length) return;
	const n = (key) => ({ name: key[0].toUpperCase() + key.slice(1), number: true, get: ([, g]) => g[key], show: ([, g]) => text.count(g[key]) });
	const boot = (g) => g.boot_ms && (g.boot_ms.from_intended_start || g.boot_ms);
	const ready = (key) => ({
		name: 'Ready ' + key,
		number: true,
		get: ([, g]) => boot(g) && boot(g)[key],
		show: ([, g]) => text.ms(boot(g) && boot(g)[key]),
	});
	dom.section('groups', 'Groups',
		dom.aid('The populations of the scenario beside each other; “ready” counts from each phone’s intended power-on.'),
		dom.table('Groups of phones', [
			{ name: 'Group', get: ([name]) => name },
			n('planned'), n('started'), n('finished'), n('failed'), n('unfinished'), ready('p50'), ready('p95'), ready('p99'), ready('max'),
		], groups, { sorts: true }));
};
