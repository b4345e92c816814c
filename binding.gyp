# For npm's implicit rebuild, node-gyp and prebuildify: hands over to the CMake build.
{
  'targets': [
    {
      'target_name': 'graffiti',
      'type': 'none',
      'actions': [
        {
          'action_name': 'cmake',
          'inputs': [],
          # Never made, so it always runs: CMake knows what is up to date.
          'outputs': ['<(INTERMEDIATE_DIR)/always'],
          'action': ['node', 'scripts/native.mjs', '--node-gyp'],
        },
      ],
    },
  ],
}
