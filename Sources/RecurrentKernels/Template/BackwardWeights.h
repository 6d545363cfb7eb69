// How much memory a cell's weights take where they are rearranged for backward passes and kept from pass to pass.

static ptrdiff_t NAME(backward_packed_count)(rk_cell cell, ptrdiff_t input, ptrdiff_t hidden) {
  const rk_delta_layout *layout = cell == rk_lstm ? &rk_lstm_layout : cell == rk_gru ? &rk_gru_layout : &rk_elman_layout;
  return packed_groups_count(layout, hidden, hidden) + packed_groups_count(layout, hidden, input);
}
