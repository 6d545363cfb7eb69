// The libedit of the system, which edits lines that a person types: Debian's libedit-dev; macOS has it.
#pragma once
#include <histedit.h>
#include <stdio.h>
#include <wchar.h>

/// The columns of a character, by which libedit places them too. <wchar.h> declares it to those only who ask for X/Open.
int wcwidth(wchar_t character);

// Swift cannot call functions that take "...". These are the calls of el_set, el_get and history that are made, with the types of their arguments.

/// An editor between standard input and standard output.
static inline EditLine *editline_on_standard_streams(const char *program) { return el_init(program, stdin, stdout, stderr); }

/// "emacs" or "vi".
static inline int editline_set_keys(EditLine *editor, const char *kind) { return el_set(editor, EL_EDITOR, kind); }

/// Whether a signal finds the terminal as it was before.
static inline int editline_set_signals(EditLine *editor, int handles) { return el_set(editor, EL_SIGNAL, handles); }

/// Makes the terminal as it is while a line is edited, or as it was before.
static inline int editline_set_editing(EditLine *editor, int edits) { return el_set(editor, EL_PREP_TERM, edits); }

/// Shows prompt and line where the cursor is.
static inline int editline_show(EditLine *editor) { return el_set(editor, EL_REFRESH); }

/// A prompt; what stands between two `mark`s takes no columns.
static inline int editline_set_prompt(EditLine *editor, char *(*prompt)(EditLine *), char mark) {
  return el_set(editor, EL_PROMPT_ESC, prompt, (int)mark);
}

/// A function that keys may be bound to.
static inline int editline_add_function(
    EditLine *editor, const char *name, const char *help, unsigned char (*function)(EditLine *, int)) {
  return el_set(editor, EL_ADDFN, name, help, function);
}

/// What a prompt and a function find again.
static inline int editline_set_data(EditLine *editor, void *data) { return el_set(editor, EL_CLIENTDATA, data); }
static inline void *editline_data(EditLine *editor) {
  void *data = NULL;
  return el_get(editor, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}

/// The lines that the arrows bring back: so many, and the same twice in a row is one.
static inline int editline_set_history(EditLine *editor, History *lines, int count) {
  HistEvent event;
  return history(lines, &event, H_SETSIZE, count) | history(lines, &event, H_SETUNIQUE, 1) |
         el_set(editor, EL_HIST, history, lines);
}

static inline int editline_remember(History *lines, const char *line) {
  HistEvent event;
  return history(lines, &event, H_ENTER, line);
}
