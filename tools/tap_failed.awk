# What failed in a TAP: the line of each failed test with its diagnostics, of a long one its beginning and its end. A
# parent that failed only through its children is left out, since they are there.
BEGIN {
	HEAD = 24
	TAIL = 14
}
function tell(    i) {
	if (!through_children)
		for (i = 1; i <= count; i++)
			if (i <= HEAD || i > count - TAIL) print lines[i]
			else if (i == HEAD + 1) print "  [" count - HEAD - TAIL " lines]"
	count = through_children = 0
}
{ match($0, /^ */) }
/^ *not ok([ \t]|$)/ && !/# *(SKIP|skip|TODO|todo)/ {
	tell()
	depth = RLENGTH
	lines[++count] = $0
	next
}
count && RLENGTH <= depth { tell() }
count {
	lines[++count] = $0
	if (/^ *failureType: .*subtestsFailed/) through_children = 1
	if (RLENGTH == depth + 2 && /^ *\.\.\.$/) tell()
}
END { tell() }
