# Counts TAP: prints "PASSED FAILED SKIPPED". Of nested tests only the leaves count, so a parent, which comes after
# its children at a lesser depth, does not; neither does what is "todo".
{
	match($0, /^ */)
	depth = RLENGTH
	line = substr($0, depth + 1)
}
line !~ /^(not )?ok([ \t]|$)/ { next }
{
	parent = depth < last
	last = depth
	if (parent && line ~ /^ok/) next
	if (line ~ /# *(SKIP|skip|TODO|todo)/) skipped++
	else if (line ~ /^ok/) passed++
	else if (!parent) failed++
	else parents++
}
END {
	if (!failed) failed = parents
	print passed + 0, failed + 0, skipped + 0
}
