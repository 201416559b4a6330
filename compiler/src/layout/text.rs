//! The text form of a layout, for `--emit layout`.

use std::fmt;

use super::{BlockId, Layout, NodeId};

impl fmt::Display for Layout {
    /// One line per node, indented by depth; a block that several lists share is written out once.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = vec![false; self.blocks().len()];
        write_node(self, out, "review", NodeId::ROOT, 0, &mut written)?;
        for (number, block) in self.blocks().iter().enumerate() {
            writeln!(out, "block {number}: {} cells", block.stride)?;
        }
        Ok(())
    }
}

fn write_node(
    layout: &Layout,
    out: &mut fmt::Formatter<'_>,
    name: &str,
    id: NodeId,
    depth: usize,
    written: &mut [bool],
) -> fmt::Result {
    let node = layout.node(id);
    let label = format!("{:indent$}{name}", "", indent = depth * 2);
    write!(out, "{label:<44} ")?;
    if node.block != BlockId::ROOT {
        write!(out, "block {} ", node.block.0)?;
    }
    write!(out, "slot {}", node.slot)?;
    if node.whole {
        write!(out, ", whole in {}", node.slot + 1)?;
    }
    writeln!(out)?;
    for (name, member) in node.members() {
        write_node(layout, out, name, member, depth + 1, written)?;
    }
    let rows = node
        .items
        .map(|items| ("[*]", items))
        .into_iter()
        .chain(node.entries.into_iter().flat_map(|entries| [("{key}", entries.key), ("{value}", entries.value)]));
    for (name, row) in rows {
        let block = layout.node(row).block;
        if written[block.index()] && layout.node(row).slot == 0 {
            writeln!(out, "{:indent$}{name} like block {}", "", block.0, indent = (depth + 1) * 2)?;
            continue;
        }
        written[block.index()] = true;
        write_node(layout, out, name, row, depth + 1, written)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::layout::LayoutBuilder;

    #[test]
    fn a_layout_prints_its_trie() {
        let mut builder = LayoutBuilder::default();
        let spec = builder.path(LayoutBuilder::ROOT, &["request", "object", "spec"]);
        let containers = builder.member(spec, "containers");
        let init = builder.member(spec, "initContainers");
        let item = builder.share_items(&[containers, init]).unwrap();
        builder.member(item, "image");
        let labels = builder.path(LayoutBuilder::ROOT, &["request", "object", "labels"]);
        builder.entries(labels);
        builder.keep_whole(labels);
        insta::assert_snapshot!(builder.finish().to_string(), @r"
        review                                       slot 0
          request                                    slot 1
            object                                   slot 2
              spec                                   slot 3
                containers                           slot 4
                  [*]                                block 1 slot 0
                    image                            block 1 slot 1
                initContainers                       slot 5
                  [*] like block 1
              labels                                 slot 6, whole in 7
                {key}                                block 2 slot 0
                {value}                              block 2 slot 1
        block 0: 8 cells
        block 1: 2 cells
        block 2: 2 cells
        ");
    }
}
