// Order and number of the elements that we write, as the public schemas of DATEX II 3.0 and 3.5 have them. It is a check of structure,
// not a validation: types of values are checked where a list of words is short, extensions and all that we never write are unknown here.
import { childOf, localName, type XmlElement } from './xml.ts'

/** Elements in order: `?` may be missing, `*` may repeat or be missing, `+` may repeat. */
type Sequence = readonly string[]

const RECORD: Sequence = ['situationRecordCreationTime', 'situationRecordVersionTime', 'probabilityOfOccurrence', 'validity', 'impact?', 'generalPublicComment*', 'locationReference']
const POINT: Sequence = ['externalReferencing*', 'pointByCoordinates?']

/** By the type of an element where it has one, else by its name; where a name stands inside itself, by `name/name`. */
const SEQUENCES: Readonly<Record<string, Sequence>> = {
  'messageContainer': ['payload+', 'exchangeInformation'],
  'exchangeInformation': ['exchangeContext', 'dynamicInformation'],
  'exchangeContext': ['codedExchangeProtocol', 'exchangeSpecificationVersion', 'supplierOrCisRequester'],
  'supplierOrCisRequester': ['internationalIdentifier'],
  'internationalIdentifier': ['country', 'nationalIdentifier'],
  'dynamicInformation': ['exchangeStatus', 'messageGenerationTimestamp'],
  'SituationPublication': ['publicationTime', 'publicationCreator', 'situation*'],
  'publicationCreator': ['country', 'nationalIdentifier'],
  'headerInformation': ['confidentiality', 'informationStatus'],
  'situation': ['overallSeverity?', 'situationVersionTime?', 'headerInformation', 'situationRecord+'],
  'AbnormalTraffic': [...RECORD, 'abnormalTrafficType?', 'queueLength?', 'trafficTrendType?'],
  'Accident': [...RECORD, 'accidentType+'],
  'VehicleObstruction': [...RECORD, 'vehicleObstructionType'],
  'GeneralObstruction': [...RECORD, 'obstructionType+'],
  'RoadOrCarriagewayOrLaneManagement': [...RECORD, 'complianceOption', 'roadOrCarriagewayOrLaneManagementType'],
  'MaintenanceWorks': [...RECORD, 'roadMaintenanceType+'],
  'validity': ['validityStatus', 'validityTimeSpecification'],
  'validityTimeSpecification': ['overallStartTime', 'overallEndTime?'],
  'impact': ['delays?'],
  'delays': ['delayTimeValue?'],
  'generalPublicComment': ['comment'],
  'comment': ['values'],
  'description': ['values'],
  'values': ['value+'],
  'PointLocation': POINT,
  'externalReferencing': ['externalLocationCode', 'externalReferencingSystem'],
  'pointByCoordinates': ['bearing?', 'pointCoordinates'],
  'pointCoordinates': ['latitude', 'longitude'],
  'VmsTablePublication': ['publicationTime', 'publicationCreator', 'headerInformation', 'vmsControllerTable+'],
  'vmsControllerTable': ['vmsController+'],
  'vmsController': ['numberOfVms', 'vms+'],
  'vms': ['vms'],
  'vms/vms': ['description?', 'physicalSupport?', 'vmsType?', 'vmsConfiguration', 'vmsLocation?'],
  'vmsConfiguration': ['numberOfDisplayAreas?', 'displayArea*'],
  'displayArea': ['displayArea'],
  'TextDisplayArea': ['maxNumberOfSequentialPages?', 'maxNumberOfCharacters?', 'maxNumberOfRows?'],
  'VmsPublication': ['publicationTime', 'publicationCreator', 'headerInformation', 'vmsControllerStatus+'],
  'vmsControllerStatus': ['vmsControllerTableReference', 'vmsControllerReference', 'statusUpdateTime?', 'vmsStatus*'],
  'vmsStatus': ['vmsStatus'],
  'vmsStatus/vmsStatus': ['statusUpdateTime?', 'workingStatus?', 'vmsMessage*'],
  'vmsMessage': ['vmsMessage'],
  'vmsMessage/vmsMessage': ['timeLastSet', 'displayAreaSettings*', 'image?'],
  'displayAreaSettings': ['displayAreaSettings'],
  'TextDisplay': ['textLine*'],
  'textLine': ['textLine'],
  'textLine/textLine': ['textLine', 'lineColour?'],
  'image': ['imageData', 'imageFormat'],
  'ElaboratedDataPublication': ['publicationTime', 'publicationCreator', 'forecastDefault?', 'periodDefault?', 'timeDefault?', 'headerInformation', 'physicalQuantity+'],
  'SinglePhysicalQuantity': ['forecast?', 'pertinentLocation?', 'basicData?'],
  'TrafficSpeed': ['averageVehicleSpeed?'],
  'TrafficStatus': ['trafficTrendType?', 'trafficStatus?'],
  'TravelTimeData': ['travelTimeTrendType?', 'travelTimeType?', 'travelTime?', 'freeFlowTravelTime?', 'normallyExpectedTravelTime?'],
  'averageVehicleSpeed': ['speed'],
  'trafficStatus': ['trafficStatusValue'],
  'travelTime': ['duration'],
  'freeFlowTravelTime': ['duration'],
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  probabilityOfOccurrence: ['certain', 'probable', 'riskOf'], abnormalTrafficType: ['stationaryTraffic', 'queuingTraffic', 'slowTraffic', 'heavyTraffic', 'unspecifiedAbnormalTraffic', 'other'], complianceOption: ['advisory', 'mandatory'],
  workingStatus: ['working', 'blank', 'notWorking'], informationStatus: ['real', 'securityExercise', 'technicalExercise', 'test'], accidentType: ['accident'], obstructionType: ['obstructionOnTheRoad'], roadOrCarriagewayOrLaneManagementType: ['roadClosed', 'laneClosures'],
  trafficStatusValue: ['stationary', 'queuing', 'slow', 'heavy', 'unspecifiedAbnormal', 'freeFlow', 'unknown', 'other'], travelTimeType: ['best', 'estimated', 'instantaneous', 'reconstituted', 'predictor', 'profile', 'sum'], forecastDefault: ['true', 'false'],
}
const REQUIRED_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  situation: ['id'], situationRecord: ['id', 'version', 'xsi:type'], payload: ['xsi:type', 'lang', 'modelBaseVersion'], vmsControllerTable: ['id', 'version'], vmsController: ['id', 'version'], vmsControllerTableReference: ['targetClass', 'id', 'version'],
  vmsControllerReference: ['targetClass', 'id', 'version'], locationReference: ['xsi:type'], vmsLocation: ['xsi:type'],
}

/** Sentences with the path of what is wrong; none where the structure holds. Takes a tree as `parseXml` gives it. */
export function structureFaults(element: XmlElement, path = element.name, parent = ''): string[] {
  const faults = (REQUIRED_ATTRIBUTES[element.name] ?? []).filter((name) => (element.attributes[name] ?? '') === '' && !(parent === element.name)).map((name) => `${path} lacks the attribute ${name}`)
  const words = WORDS[element.name]
  if (words !== undefined && !words.includes(element.text)) faults.push(`${path} is "${element.text}"`)
  if (element.children.length === 0) {
    if (element.text.trim() === '' && element.name !== 'textLine' && SEQUENCES[sequenceName(element, parent)] === undefined && REQUIRED_ATTRIBUTES[element.name] === undefined) faults.push(`${path} is empty`)
    return faults
  }
  const name = sequenceName(element, parent)
  const sequence = SEQUENCES[name]
  if (sequence === undefined) return [...faults, `${path} (${name}) is unknown`]
  return [...faults, ...orderFaults(element, sequence, path), ...element.children.flatMap((child) => structureFaults(child, `${path}/${child.name}`, element.name))]
}

function sequenceName(element: XmlElement, parent: string): string {
  const type = element.attributes['xsi:type']
  if (type !== undefined) return localName(type)
  return parent === element.name && (element.name !== 'textLine' || childOf(element, 'textLine')?.children.length === 0) ? `${element.name}/${element.name}` : element.name
}

function orderFaults(element: XmlElement, sequence: Sequence, path: string): string[] {
  const faults: string[] = []
  let at = 0
  for (const entry of sequence) {
    const [name, mark] = /[?*+]$/.test(entry) ? [entry.slice(0, -1), entry.at(-1)] : [entry, '']
    const most = mark === '*' || mark === '+' ? Infinity : 1
    let count = 0
    for (; element.children[at]?.name === name && count < most; count++) at++
    if (count === 0 && (mark === '' || mark === '+')) faults.push(`${path} lacks ${name}${element.children[at] === undefined ? '' : ` before ${element.children[at]!.name}`}`)
  }
  if (at < element.children.length) faults.push(`${path} has ${element.children[at]!.name} where it may not stand`)
  return faults
}
