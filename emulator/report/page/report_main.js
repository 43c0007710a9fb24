/* report_main.js - the page in its order; its colours; paper. */
const page = { run: JSON.parse(document.getElementById('run').textContent) };

page.contents = () => {
	const line = (c) => dom.el('li', {}, dom.el('a', { href: '#' + c.id }, c.title));
	document.getElementById('contents').append(dom.el('ol', {}, dom.contents.map(line)));
};

/* As the system has it, light, dark, and round again. */
page.themes = () => {
	const button = document.getElementById('theme');
	const names = ['', 'light', 'dark'];
	const words = ['as the system', 'light', 'dark'];
	let at = 0;
	button.addEventListener('click', () => {
		at = (at + 1) % names.length;
		document.documentElement.dataset.theme = names[at];
		button.textContent = 'Colours: ' + words[at];
	});
};

/* Paper has its own width; what was open stays open. */
page.paper = (on) => {
	chart.paper = on;
	chart.drawAll();
};

page.resizes = () => {
	let soon = 0;
	addEventListener('resize', () => {
		cancelAnimationFrame(soon);
		soon = requestAnimationFrame(chart.drawAll);
	});
	addEventListener('beforeprint', () => page.paper(true));
	addEventListener('afterprint', () => page.paper(false));
};

page.colophon = () => {
	document.getElementById('colophon').append(dom.p('', 'Made by cx700farm ',
		page.run.summary.version, '. Times are those of the farm’s clock since the run’s beginning; ',
		'MB are millions of bytes. Charts drawn with d3.'));
};

page.make = () => {
	const parts = [head.top, head.verdict, head.expect, head.groups, phones.over, phones.boot,
		steps.table, heat.over, failed.section, traffic.section, servers.section, failed.slowest,
		end.farm, end.repeat];
	parts.forEach((part) => part(page.run));
	page.contents();
	page.themes();
	page.colophon();
	chart.drawAll();
	page.resizes();
	document.documentElement.dataset.ready = '1';
};

page.make();
