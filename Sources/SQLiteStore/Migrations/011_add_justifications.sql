-- An exception that says "we are not affected" has OpenVEX's word for why; null for a risk that is accepted as it is.
alter table exceptions add column justification text constraint exceptions_justification check (justification in (
    'component_not_present', 'vulnerable_code_not_present', 'vulnerable_code_not_in_execute_path',
    'vulnerable_code_cannot_be_controlled_by_adversary', 'inline_mitigations_already_exist'));
