//! The maze: a grid whose cells know which of their sides are open. Dug depth first, so that it winds; then some dead ends are opened, so that
//! there is more than one way through and a search has something to choose.
const std = @import("std");

pub const Side = enum(u2) { north, east, south, west };
pub const sides = [_]Side{ .north, .east, .south, .west };

/// One dead end in this many is opened.
const open_one_in = 3;

pub const Maze = struct {
    width: u32,
    height: u32,
    open: []u8,

    pub fn dig(allocator: std.mem.Allocator, width: u32, height: u32, seed: u64) !Maze {
        const maze: Maze = .{ .width = width, .height = height, .open = try allocator.alloc(u8, width * height) };
        @memset(maze.open, 0);
        var generator = std.Random.DefaultPrng.init(seed);
        const random = generator.random();
        try maze.tunnel(allocator, random);
        maze.openDeadEnds(random);
        return maze;
    }

    /// The cell beyond `side`, null outside of the grid.
    pub fn beyond(maze: Maze, cell: u32, side: Side) ?u32 {
        const column = cell % maze.width;
        return switch (side) {
            .north => if (cell < maze.width) null else cell - maze.width,
            .east => if (column + 1 == maze.width) null else cell + 1,
            .south => if (cell + maze.width >= maze.open.len) null else cell + maze.width,
            .west => if (column == 0) null else cell - 1,
        };
    }

    pub fn isOpen(maze: Maze, cell: u32, side: Side) bool {
        return maze.open[cell] & bit(side) != 0;
    }

    fn tunnel(maze: Maze, allocator: std.mem.Allocator, random: std.Random) !void {
        const stack = try allocator.alloc(u32, maze.open.len);
        defer allocator.free(stack);
        var depth: usize = 1;
        stack[0] = 0;
        while (depth > 0) {
            const here = stack[depth - 1];
            if (maze.untouchedSide(here, random)) |side| {
                stack[depth] = maze.breach(here, side);
                depth += 1;
            } else depth -= 1;
        }
    }

    fn openDeadEnds(maze: Maze, random: std.Random) void {
        for (maze.open, 0..) |open, index| {
            if (@popCount(open) != 1 or random.uintLessThan(u32, open_one_in) != 0) continue;
            const side: Side = @enumFromInt(random.int(u2));
            const cell: u32 = @intCast(index);
            if (maze.beyond(cell, side) != null) _ = maze.breach(cell, side);
        }
    }

    fn untouchedSide(maze: Maze, cell: u32, random: std.Random) ?Side {
        var order = sides;
        random.shuffle(Side, &order);
        for (order) |side| {
            const next = maze.beyond(cell, side) orelse continue;
            if (maze.open[next] == 0) return side;
        }
        return null;
    }

    fn breach(maze: Maze, cell: u32, side: Side) u32 {
        const next = maze.beyond(cell, side).?;
        maze.open[cell] |= bit(side);
        maze.open[next] |= bit(@enumFromInt(@intFromEnum(side) +% 2));
        return next;
    }
};

fn bit(side: Side) u8 {
    return @as(u8, 1) << @intFromEnum(side);
}
