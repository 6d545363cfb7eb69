# Everything that a fresh machine with Swift 6.2 or later and make needs. `make` alone lists the targets.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release --product recurrent
# Tests are built apart: they need symbols that a release build leaves out, and would rebuild everything in turn.
TEST := $(SWIFT) test -c release --scratch-path .build/tests -Xswiftc -enable-testing

.DEFAULT_GOAL := help
.PHONY: help build demo test docs bench performance clean peers tools

help:
	@echo 'make demo    build, then train on Tiny Shakespeare for about 90 seconds and write a page'
	@echo 'make test    build and run every test'
	@echo 'make build   build the command: .build/release/recurrent'
	@echo 'make docs    write the documentation of the library, with its lecture, as pages: .build/documentation'
	@echo 'make bench   measure the machine, the kernels alone and whole cases, beside the limits of the machine'
	@echo 'make performance  all that Documentation/Performance.md shows (PYTHON=... with torch; perf)'
	@echo 'make peers   time it against PyTorch and ONNX Runtime (COMPARE=path/to/compare.py, PYTHON=...)'
	@echo 'make clean   remove what was built; trained models in output/ stay'

build: tools
	$(BUILD)

demo: build
	@.build/release/recurrent demo

# The tests of the kernels switch the instruction set of their whole process, so they run in one of their own. What stands on
# the kernels runs again on each lesser instruction set.
test: tools
	$(TEST) --skip RecurrentKernelsTests
	$(TEST) --skip-build --filter RecurrentKernelsTests
	for set in avx2 plain; do \
	  RECURRENT_INSTRUCTION_SET=$$set $(TEST) --skip-build --filter 'GoldenTests|RecurrentTensorsTests|RecurrentLayersTests' || exit 1; \
	done

docs: build
	SWIFT=$(SWIFT) Scripts/build_documentation.sh

clean:
	rm -rf .build Benchmarks/.build

# A package of its own, so that nobody who only uses Recurrent builds it. CASES are files of cases.
CASES ?= Benchmarks/Cases/standard.jsonl Benchmarks/Cases/pictures.jsonl
bench: tools
	$(SWIFT) build -c release --package-path Benchmarks --product benchmarks
	Benchmarks/.build/release/benchmarks $(CASES)

# Writes the tables of Documentation/Performance.md anew. What was measured stays in .build/performance.
MEASURED := .build/performance
performance: build
	$(SWIFT) build -c release --package-path Benchmarks --product benchmarks
	mkdir -p $(MEASURED)
	Benchmarks/.build/release/benchmarks --json Benchmarks/Cases/standard.jsonl Benchmarks/Cases/pictures.jsonl > $(MEASURED)/benchmarks.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json Benchmarks/Cases/standard.jsonl > $(MEASURED)/standard.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json Benchmarks/Cases/shapes.jsonl > $(MEASURED)/shapes.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json Benchmarks/Cases/pictures.jsonl > $(MEASURED)/pictures.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json Benchmarks/Cases/speech.jsonl > $(MEASURED)/speech.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json --memory --filter train Benchmarks/Cases/standard.jsonl > $(MEASURED)/memory.jsonl
	$(PYTHON) Scripts/compare_with_pytorch.py --json --memory --filter lm- Benchmarks/Cases/standard.jsonl >> $(MEASURED)/memory.jsonl
	$(PYTHON) Scripts/profile_step.py --json > $(MEASURED)/profile.jsonl
	$(PYTHON) Scripts/performance_tables.py $(MEASURED)/*.jsonl

# COMPARE is a script that times `recurrent bench` beside others; PYTHON needs what it imports (torch, onnxruntime).
COMPARE ?= ../shared/peers/compare.py
PYTHON ?= python3
peers: build
	$(PYTHON) $(COMPARE) -- .build/release/recurrent bench --json

# $(call system_library,VARIABLE,What for,Debian package,Fedora package,Homebrew package): a library of the system, whose header VARIABLE names.
# macOS has those without a Homebrew package.
define system_library
@if ! [ -e $($(1)) ] && ! { [ "$$(uname)" = Darwin ] && [ -e "$(if $(5),$$(brew --prefix 2>/dev/null)/include/$(patsubst /usr/include/%,%,$($(1))),/)" ]; }; then \
  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
    apt-get update -q && apt-get install -q -y --no-install-recommends $(3); \
  else \
    echo '$(2); install its headers (Debian: apt-get install $(3); Fedora: dnf install $(4)$(if $(5),; macOS: brew install $(5)));' \
      'where $(notdir $($(1))) is elsewhere: make $(1)=PATH' >&2; exit 1; \
  fi; \
fi
endef

# Swift itself is taken for granted. What it needs beside it to fetch packages and link, Debian and Ubuntu have as
# git, libc6-dev and libstdc++-dev; they are installed where they are missing and apt-get may be used. So are the libraries below.
ZLIB_HEADER ?= /usr/include/zlib.h
LIBEDIT_HEADER ?= /usr/include/histedit.h
JPEG_HEADER ?= /usr/include/jpeglib.h
PNG_HEADER ?= /usr/include/png.h
SNDFILE_HEADER ?= /usr/include/sndfile.h
VORBIS_HEADER ?= /usr/include/vorbis/codec.h
SOXR_HEADER ?= /usr/include/soxr.h
tools:
	@command -v $(SWIFT) >/dev/null || { echo 'Swift 6.2 or later is needed: https://www.swift.org/install' >&2; exit 1; }
	@if ! command -v git >/dev/null; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -q && apt-get install -q -y --no-install-recommends git ca-certificates libc6-dev libstdc++-12-dev; \
	  else \
	    echo 'git is needed to fetch the packages that the command uses; install it (Debian: apt-get install git)' >&2; exit 1; \
	  fi; \
	fi
	$(call system_library,ZLIB_HEADER,zlib is needed to read .gz files,zlib1g-dev,zlib-devel)
	$(call system_library,LIBEDIT_HEADER,libedit is needed to edit lines in chat,libedit-dev,libedit-devel)
	$(call system_library,JPEG_HEADER,libjpeg-turbo is needed to read JPEG pictures,libjpeg-dev,libjpeg-turbo-devel,jpeg-turbo)
	$(call system_library,PNG_HEADER,libpng is needed to read and write PNG pictures,libpng-dev,libpng-devel,libpng)
	$(call system_library,SNDFILE_HEADER,libsndfile is needed to read sound,libsndfile1-dev,libsndfile-devel,libsndfile)
	$(call system_library,VORBIS_HEADER,libvorbis is needed to read sound,libvorbis-dev,libvorbis-devel,libvorbis)
	$(call system_library,SOXR_HEADER,libsoxr is needed to change the rate of sound,libsoxr-dev,soxr-devel,libsoxr)
