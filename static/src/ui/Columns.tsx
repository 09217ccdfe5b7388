/** The head of a table: its columns by name; an empty name is a column of controls. */
export const Columns = ({ of }: { of: readonly string[] }) => (
	<thead role="rowgroup">
		<tr role="row">
			{of.map((name, i) =>
				name === '' ? (
					<td role="cell" key={i} />
				) : (
					<th role="columnheader" scope="col" key={i}>
						{name}
					</th>
				),
			)}
		</tr>
	</thead>
);
