/* report_end.js - whether the farm itself kept up, and how to do the run again. */
const end = {};

/* What is measured of the farm, beside the limit beyond which a run is invalid. */
end.rows = (run) => {
	const f = run.summary.farm;
	const cpu = f.cpu_user_s + f.cpu_sys_s;
	const lag = f.start_lag_ms || {};
	const rows = [
		['Start lag, p99', f.start_lag_p99_ms, text.ms, run.limits.start_lag_ms, 'a phone was switched on so much later than the scenario wanted'],
		['Start lag, worst', lag.max, text.ms, null, 'of all phones'],
		['Loop lag, p99', f.loop_lag_p99_ms, text.ms, run.limits.loop_lag_ms, 'an event waited so long for its turn, on the busiest thread'],
		['Offered', f.offered_per_s, (v) => text.figures(v) + ' phones/s', null, 'switched on, on the average of the arrival'],
		['CPU', cpu, text.s, null, run.load ? 'of the rehearsal, the simulated servers’ included'
			: text.figures(cpu / run.summary.wall_s) + ' cores on the average, by ' + text.many(run.summary.threads, 'thread')],
		['Memory', f.max_rss_bytes, text.bytes, null, text.bytes(f.max_rss_bytes / Math.max(1, run.summary.phones.planned)) + ' a phone, all included'],
	];
	return rows.filter((r) => r[1] != null)
		.map(([name, value, show, limit, what]) => ({ name, value, shown: show(value), limit, what }));
};

end.farm = (run) => {
	const limit = run.summary.farm.limit;
	dom.section('farm', 'The farm itself',
		dom.aid('Was the measuring instrument fast enough? A farm that lags measures itself; such a run is called invalid.'),
		dom.p('', limit ? ['It was not: ', limit] : run.summary.verdict === 'invalid' ? 'It was not.' : 'It was: no limit was hit.'),
		dom.table('The farm’s own figures', [
			{ name: 'Figure', get: (r) => r.name },
			{ name: 'Value', number: true, get: (r) => r.value, show: (r) => r.shown, cls: (r) => (r.limit != null && r.value > r.limit ? 'warn' : null) },
			{ name: 'Limit', number: true, get: (r) => r.limit, show: (r) => text.ms(r.limit) },
			{ name: 'What it is', get: (r) => r.what },
		], end.rows(run), { cls: 'fit' }));
};

/* As it was typed. */
end.command = (run) => {
	const argv = run.summary.argv;
	return (/cx700farm$/.test(argv[0]) ? argv : ['cx700farm', ...argv]).map(text.shell).join(' ');
};

end.FILES = [
	['summary.json', 'every figure of this page, for programs'],
	['course.json', 'the run over time, span by span'],
	['trace.jsonl', 'what each traced phone did, a line a try'],
	['junit.xml', 'the expectations and steps as test cases, for CI'],
	['hist/STEP.hgrm', 'each step’s percentiles in HdrHistogram’s text form'],
];

end.repeat = (run) => {
	const s = run.summary;
	const command = end.command(run);
	const files = end.FILES.concat(run.captured ? [['run.pcapng', 'the packets, for Wireshark']] : [], run.keys ? [['keys.log', 'the keys that decrypt them']] : []);
	dom.section('repeat', 'How to repeat this run',
		dom.aid('The same version, scenario, seed and number of phones give the same plan; against the simulated world also the same trace.'),
		dom.el('div', { class: 'command' }, dom.el('pre', { id: 'command', tabindex: '0' }, command), dom.copy('Copy', command)),
		dom.table('What the run was made of', [
			{ name: 'What', get: (r) => r[0] },
			{ name: 'Value', get: (r) => r[1], show: (r) => dom.code(String(r[1])) },
		], [['Version', s.version], ['Scenario', s.scenario], ['Seed', s.seed], ['Pool', s.pool], ['Phones', s.phones.planned], ['Threads', s.threads]], { cls: 'fit' }),
		dom.el('h3', {}, 'Beside this page'),
		dom.el('ul', { class: 'files' }, files.map(([name, what]) => dom.el('li', {}, dom.code(name), ' – ' + what))),
		dom.p('', dom.code('cx700farm explain RUNDIR PHONE'), ' tells one phone’s story in plain words; ',
			dom.code('cx700farm diff RUNDIR RUNDIR'), ' says whether another run was slower by more than noise.'));
};
