/* report_end.js - whether the farm itself kept up, and how to do the run again. */
const end = {};

/* What is measured of the farm, beside the limit beyond which a run is invalid. */
end.rows = (run) => {
	const { farm: f, wall_s: wall, threads, phones: n } = run.summary;
	const { loop_lag_ms: loopLimit, start_lag_ms: startLimit } = run.limits;
	const cpu = f.cpu_user_s + f.cpu_sys_s;
	const cores = text.figures(cpu / wall) + ' cores on the average, by ' +
		text.many(threads, 'thread');
	const each = text.bytes(f.max_rss_bytes / Math.max(1, n.planned)) + ' a phone, all included';
	const row = (name, value, show, what, limit) => ({ name, value, show, what, limit });
	return [
		row('Start lag, p99', f.start_lag_p99_ms, text.ms,
			'a phone was switched on so much later than the scenario wanted', startLimit),
		row('Start lag, worst', f.start_lag_ms && f.start_lag_ms.max, text.ms, 'of all phones'),
		row('Loop lag, p99', f.loop_lag_p99_ms, text.ms,
			'an event waited so long for its turn, on the busiest thread', loopLimit),
		row('Offered', f.offered_per_s, (v) => text.figures(v) + ' phones/s',
			'switched on, on the average of the arrival'),
		row('CPU', cpu, text.s,
			run.load ? 'of the rehearsal, the simulated servers’ included' : cores),
		row('Memory', f.max_rss_bytes, text.bytes, each),
	].filter((r) => r.value != null);
};

end.kept = (s) => {
	if (s.farm.limit) return 'It was not: ' + s.farm.limit + '.';
	return s.verdict === 'invalid' ? 'It was not.' : 'It was: no limit was hit.';
};

end.farm = (run) => dom.section('farm', 'The farm itself',
	dom.aid('Was the measuring instrument fast enough? ',
		'A farm that lags measures itself; such a run is called invalid.'),
	dom.p('', end.kept(run.summary)),
	dom.table('The farm’s own figures', [
		{ name: 'Figure', get: (r) => r.name },
		dom.warned({ name: 'Value', number: true, get: (r) => r.value, show: (r) => r.show(r.value) },
			(r) => r.limit != null && r.value > r.limit),
		dom.n('Limit', 'limit', text.ms),
		{ name: 'What it is', get: (r) => r.what },
	], end.rows(run), { cls: 'fit' }));

/* As it was typed. */
end.command = (run) => {
	const argv = run.summary.argv;
	return (/cx700farm$/.test(argv[0]) ? argv : ['cx700farm', ...argv]).map(text.shell).join(' ');
};

/* [name, what it is], and whether this run left it. */
end.files = (run) => [
	['summary.json', 'every figure of this page, for programs', true],
	['course.json', 'the run over time, span by span', true],
	['trace.jsonl', 'what each traced phone did, a line a step', true],
	['junit.xml', 'the expectations and steps as test cases, for CI', true],
	['hist/STEP.hgrm', 'each step’s percentiles in HdrHistogram’s text form', true],
	['run.pcapng', 'the packets, for Wireshark', run.captured],
	['keys.log', 'the keys that decrypt them', run.keys],
].filter(([, , left]) => left);

end.made = (s) => dom.table('What the run was made of', [
	{ name: 'What', get: (r) => r[0] },
	dom.names('Value', (r) => String(r[1])),
], [
	['Version', s.version], ['Scenario', s.scenario], ['Seed', s.seed],
	['Pool', s.pool], ['Phones', s.phones.planned], ['Threads', s.threads],
], { cls: 'fit' });

end.repeat = (run) => {
	const command = end.command(run);
	dom.section('repeat', 'How to repeat this run',
		dom.aid('The same version, scenario, seed and number of phones give the same plan; ',
			'against the simulated world also the same trace.'),
		dom.el('div', { class: 'command' },
			dom.el('pre', { id: 'command', tabindex: '0' }, command), dom.copy('Copy', command)),
		end.made(run.summary),
		dom.el('h3', {}, 'Beside this page'),
		dom.el('ul', { class: 'files' }, end.files(run)
			.map(([name, what]) => dom.el('li', {}, dom.code(name), ' – ' + what))),
		dom.p('', dom.code('cx700farm explain RUNDIR PHONE'),
			' tells one phone’s story in plain words; ',
			dom.code('cx700farm diff RUNDIR RUNDIR'),
			' says whether another run was slower by more than noise.'));
};
