"""Bridge British and American spelling, word by word, from a list of our own.

Our texts are British; companies and standards write either. Only words of the list change ("size"
and "noise" have one spelling). Not here: any other kind of variant. The lexicon calls this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["american", "british"]

# Openings of words: "optimis" stands for optimise, optimised, optimisation and so on. The longest
# opening of a word wins, so an entry with one spelling guards a word that never changes.
_PAIRS = """
    aluminium:aluminum anaesthe:anesthe analogue:analog analyse:analyze analysing:analyzing
    anodis:anodiz anonymis:anonymiz artefact:artifact atomis:atomiz authoris:authoriz
    behaviour:behavior binaris:binariz calibre:caliber carbonis:carboniz carburis:carburiz
    catalogue:catalog categoris:categoriz centralis:centraliz centre:center
    characteris:characteriz colour:color containeris:containeriz counselling:counseling
    crystallis:crystalliz customis:customiz decarbonis:decarboniz decentralis:decentraliz
    defence:defense demineralis:demineraliz deodoris:deodoriz depalletis:depalletiz
    desensitis:desensitiz desulphur:desulfur dialogue:dialog diaris:diariz diarrhoea:diarrhea
    digitalis:digitaliz digitis:digitiz discretis:discretiz economis:economiz
    electrolys:electrolyz electrolysis:electrolysis equalis:equaliz factoris:factoriz favour:favor
    fertilis:fertiliz fibre:fiber finalis:finaliz flavour:flavor fluidis:fluidiz foetal:fetal
    formalis:formaliz galvanis:galvaniz generalis:generaliz grey:gray gynaecolog:gynecolog
    haema:hema haemo:hemo harbour:harbor harmonis:harmoniz homogenis:homogeniz
    hospitalis:hospitaliz immunis:immuniz industrialis:industrializ informatis:informatiz
    initialis:initializ ionis:ioniz isomeris:isomeriz jewellery:jewelry judgement:judgment
    labelled:labeled labelling:labeling labour:labor lemmatis:lemmatiz leukaem:leukem
    licence:license linearis:lineariz localis:localiz magnetis:magnetiz magnetism:magnetism
    maximis:maximiz mechanis:mechaniz mechanism:mechanism metre:meter millimetre:millimeter
    minimis:minimiz mobilis:mobiliz modelled:modeled modelling:modeling modernis:moderniz
    mould:mold neighbour:neighbor neutralis:neutraliz normalis:normaliz odour:odor oedema:edema
    oesophag:esophag oestrus:estrus optimis:optimiz organis:organiz organism:organism
    orthopaed:orthoped oxidis:oxidiz paediatr:pediatr palletis:palletiz parallelis:paralleliz
    parameteris:parameteriz passivis:passiviz pasteuris:pasteuriz personalis:personaliz
    plough:plow polaris:polariz polymeris:polymeriz prioritis:prioritiz programme:program
    pseudonymis:pseudonymiz pulveris:pulveriz quantis:quantiz randomis:randomiz
    rationalis:rationaliz realis:realiz recognis:recogniz regularis:regulariz revitalis:revitaliz
    sensitis:sensitiz serialis:serializ signalling:signaling specialis:specializ
    specialist:specialist stabilis:stabiliz standardis:standardiz sterilis:steriliz sulph:sulf
    summaris:summariz symbolis:symboliz symbolism:symbolism synchronis:synchroniz
    synthesise:synthesize theatre:theater tokenis:tokeniz traveller:traveler travelling:traveling
    tumour:tumor tunnelling:tunneling tyre:tire urbanis:urbaniz utilis:utiliz vapour:vapor
    vectoris:vectoriz virtualis:virtualiz visualis:visualiz vulcanis:vulcaniz
"""

_AMERICAN = MappingProxyType(dict(pair.split(":") for pair in _PAIRS.split()))
_BRITISH = MappingProxyType({new: old for old, new in _AMERICAN.items()})


def _opening(openings: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(openings, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(longest_first)})")


_AMERICAN_OPENING = _opening(_AMERICAN)
_BRITISH_OPENING = _opening(_BRITISH)


def american(text: str) -> str:
    """Return lower-case text in American spelling.

    Examples
    --------
    >>> american("fibre colour optimisation of a mechanism")
    'fiber color optimization of a mechanism'
    """
    return _AMERICAN_OPENING.sub(lambda found: _AMERICAN[found.group()], text)


def british(word: str) -> str:
    """Return a lower-case word in British spelling; applying it twice changes nothing.

    Made for comparing, not for printing: "laboratory" opens like "labor" and gains a letter.

    Examples
    --------
    >>> british("optimizations"), british("optimisations"), british("size")
    ('optimisations', 'optimisations', 'size')
    """
    if _AMERICAN_OPENING.match(word):
        return word
    return _BRITISH_OPENING.sub(lambda found: _BRITISH[found.group()], word)
