/* report_text.js - numbers and times as people read them: always with their unit. */
const text = {};

text.none = '–';

/* Between a number and its unit: they stay on one line. */
text.gap = '\u00a0';

text.count = (n) => (n == null ? text.none : Math.round(n).toLocaleString('en-US'));

/* Three figures are enough for the eye. */
text.figures = (v) => {
	if (v === 0) return '0';
	if (Math.abs(v) >= 100) return text.count(v);
	return v.toFixed(Math.abs(v) >= 10 ? 1 : Math.abs(v) >= 0.1 ? 2 : 3).replace(/\.?0+$/, '');
};

/* 0.42 ms, 812 ms, 1.53 s, 2 min 22 s, 3 h 05 min */
text.ms = (v) => {
	if (v == null) return text.none;
	if (v < 999.5) return text.figures(v) + text.gap + 'ms';
	if (v < 59950) return text.figures(v / 1000) + text.gap + 's';
	const s = Math.round(v / 1000);
	const two = (n) => String(n % 60).padStart(2, '0');
	if (s < 3600) return [Math.floor(s / 60), 'min', two(s), 's'].join(text.gap);
	const min = Math.round(s / 60);
	return [Math.floor(min / 60), 'h', two(min), 'min'].join(text.gap);
};

text.s = (v) => (v == null ? text.none : text.ms(v * 1000));

/* The shortest form, for an axis to `end`, of one unit: 0, 30 s; 0.5 min; 1.5 h */
text.tick = (s, end) => {
	if (s === 0) return '0';
	if (s < 1) return text.figures(s * 1000) + ' ms';
	if (end < 120 || (end >= 7200 && s < 60)) return text.figures(s) + ' s';
	if (end < 7200) return text.figures(s / 60) + ' min';
	return text.figures(s / 3600) + ' h';
};

text.bytes = (v) => {
	if (v == null) return text.none;
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let i = 0;
	while (v >= 999.5 && i < units.length - 1) {
		v /= 1000;
		i++;
	}
	return text.figures(v) + text.gap + units[i];
};

/* Nothing is rounded to all, nor to none. */
text.share = (part, of) => {
	if (!of) return text.none;
	const v = (100 * part) / of;
	if (part !== of && v > 99.9) return '>99.9' + text.gap + '%';
	if (part !== 0 && v < 0.1) return '<0.1' + text.gap + '%';
	return text.figures(Math.round(v * 10) / 10) + text.gap + '%';
};

/* "1 phone", "2 phones" */
text.many = (n, one, more) => text.count(n) + ' ' + (n === 1 ? one : more || one + 's');

/* "a, b and c" */
text.list = (words) => (words.length < 2
	? words.join('')
	: words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1]);

/* A word of the shell, quoted if it must be. */
text.shell = (word) => (/^[\w@%+=:,.\/-]+$/.test(word)
	? word
	: "'" + word.replace(/'/g, "'\\''") + "'");
