/* report_failed.js - what went wrong: tries by step and reason, and the phones that failed. */
const failed = {};

failed.words = (why) => (why === 'none' ? 'no reason given' : why.replace('_', ' '));

/* Reasons, in the order of how often they came. */
failed.reasons = (list) => {
	const sums = {};
	for (const s of list)
		for (const [why, n] of Object.entries(s.reasons)) sums[why] = (sums[why] || 0) + n;
	return Object.keys(sums).sort((a, b) => sums[b] - sums[a]);
};

failed.cell = (n, most) => {
	if (!n) return dom.el('span', { class: 'none' }, '·');
	const span = dom.el('span', { class: 'depth' }, text.count(n));
	span.style.setProperty('--depth', Math.round(12 + (58 * Math.log1p(n)) / Math.log1p(most)) + '%');
	return span;
};

failed.matrix = (run) => {
	const list = run.summary.steps.filter((s) => Object.keys(s.reasons).length);
	if (!list.length) return dom.p('', 'Every try of every phone went well.');
	const reasons = failed.reasons(list);
	const most = d3.max(list, (s) => d3.max(Object.values(s.reasons)));
	const sum = (s) => d3.sum(Object.values(s.reasons));
	return [
		dom.aid('How many tries ended badly, by step and reason; most of them were made again, ',
			'and only what is counted under “failed for good” cost the phone that step.'),
		dom.table('Tries that went wrong', [
			{ name: 'Step', get: (s) => s.name, show: (s) => dom.code(s.name) },
			...reasons.map((why) => ({ name: failed.words(why), number: true, get: (s) => s.reasons[why] || 0, show: (s) => failed.cell(s.reasons[why], most), cls: () => 'depthcell' })),
			{ name: 'Sum', number: true, get: sum, show: (s) => text.count(sum(s)) },
			{ name: 'Failed for good', number: true, get: (s) => s.failed, show: (s) => text.count(s.failed), cls: (s) => (s.failed ? 'warn' : null) },
		], list, { sorts: true, cls: 'fit matrix' }),
	];
};

/* The causes, the most frequent first; when its phones failed is in the list of all. */
failed.kinds = (outcomes) => {
	const at = new Map((outcomes.failed || []).map((f) => [f.phone, f.at_ms]));
	return (outcomes.first_failed_by_reason || [])
		.map((kind) => ({ ...kind, first: kind.phones.map((number) => ({ phone: number, at_ms: at.get(number) })) }))
		.sort((a, b) => b.count - a.count);
};

failed.kind = (kind, i) => dom.el('div', { class: 'kind', 'data-step': kind.step, 'data-why': kind.why, 'data-v': kind.count },
	dom.el('h4', {}, dom.code(kind.step), ' · ' + failed.words(kind.why), dom.el('small', {}, ' ' + text.many(kind.count, 'phone') +
		(kind.count > kind.first.length ? ', the first ' + kind.first.length + ' of them' : ''))),
	dom.el('div', { class: 'few' }, kind.first.map((f, j) => phone.details(f.phone,
		f.at_ms == null ? '' : 'at ' + text.ms(f.at_ms), i === 0 && j === 0))));

failed.section = (run) => {
	const n = run.summary.phones.failed;
	const kinds = failed.kinds(run.course.outcomes);
	dom.section('failures', 'Failures', failed.matrix(run),
		dom.el('h3', {}, n ? text.many(n, 'phone') + ' failed' : 'No phone failed'),
		kinds.length > 0 && [
			dom.aid('Where their way ended and why, the most frequent first, with the first phones to fail and when; open one to see its way.'),
			kinds.map(failed.kind),
		]);
};

/* ---- the slowest ---- */

failed.slowest = (run) => {
	const all = run.course.outcomes.slowest || [];
	const list = all.slice(0, 20);
	const median = run.summary.boot_ms.from_intended_start.p50;
	if (!list.length) return;
	dom.section('slowest', 'Slowest phones',
		dom.aid('Those that took longest from their intended power-on until they were ready, of all that got there; open one to see where its time went. ',
			'The median phone took ' + text.ms(median) + '.'),
		dom.el('ol', { class: 'slowest' }, list.map((s) => {
			const bar = dom.el('span', { class: 'meter', 'aria-hidden': 'true' });
			bar.style.width = (100 * s.boot_ms) / list[0].boot_ms + '%';
			return dom.el('li', { 'data-v': s.boot_ms }, phone.details(s.phone,
				[dom.el('span', { class: 'much' }, text.ms(s.boot_ms)), dom.el('small', {}, text.figures(s.boot_ms / median) + ' × the median'), dom.el('span', { class: 'meters' }, bar)], false));
		})),
		dom.details('Table of the ' + all.length + ' slowest', () => dom.table('The slowest phones', [
			{ name: 'Phone', number: true, get: (s) => s.phone },
			{ name: 'Time to ready', number: true, get: (s) => s.boot_ms, show: (s) => text.ms(s.boot_ms) },
		], all, { cls: 'tight fit', sorts: true })));
};
